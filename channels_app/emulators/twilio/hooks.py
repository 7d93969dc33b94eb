"""Signed calls of webhooks. Twilio gives an address 15 seconds and does not come back, unless the address asks for it
in its fragment (`#rc=3`: three more tries)."""

import asyncio
import base64
import heapq
import hmac
import time
from hashlib import sha1, sha256
from itertools import count
from random import Random
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import httpx

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Attempt, Deliveries, fingerprint
from channels_app.emulators.twilio.state import Account, Fields

TIMEOUT = httpx.Timeout(15, connect=5)
SHARED_KEY_ID = "webhooks_sharedkey_emulated"


class Hooks:
    """What is to be told, when, and to whom. A timed part of the emulator."""

    def __init__(self, clock: Clock, deliveries: Deliveries, random: Random) -> None:
        self._clock, self._deliveries, self._random = clock, deliveries, random
        self._waiting: list[tuple[float, int, Account, str, Fields, int]] = []
        self._numbers = count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._client.aclose()

    def clear(self) -> None:
        """Forget what waits."""
        self._waiting.clear()

    def tell(self, account: Account, url: str, form: Fields, *, after: float = 0.0) -> int:
        """Tell an address something; the number of the event, 0 when there is no address."""
        faults = account.faults
        if not url or self._random.random() < faults.drop_rate:
            return 0
        at = self._clock.now() + after + faults.delay_ms / 1000 + self._random.random() * faults.reorder_window_ms / 1000
        number = next(self._numbers)
        for _time in range(2 if self._random.random() < faults.duplicate_rate else 1):
            heapq.heappush(self._waiting, (at, next(self._numbers), account, url, form, 1))
        self._clock.changed()
        return number

    @property
    def is_busy(self) -> bool:
        return bool(self._tasks)

    def next_at(self) -> float | None:
        return self._waiting[0][0] if self._waiting else None

    def run_due(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._clock.now():
            _at, number, account, url, form, attempt = heapq.heappop(self._waiting)
            task = asyncio.get_running_loop().create_task(self._post(number, account, url, form, attempt))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _post(self, number: int, account: Account, address: str, form: Fields, attempt: int) -> None:
        parts = urlsplit(address)
        url = urlunsplit(parts._replace(fragment=""))
        tries = parse_qs(parts.fragment).get("rc", ["0"])[0]
        body = urlencode(form).encode()
        begun, status = time.monotonic(), 0
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "i-twilio-idempotency-token": f"{number}",
            **signed(account, url, form),
        }
        try:
            response = await self._client.post(url, content=body, headers=headers)
            status = response.status_code
        except httpx.HTTPError:
            pass
        is_done = 200 <= status < 300
        again = not is_done and tries.isdecimal() and attempt <= int(tries)
        if again:
            heapq.heappush(self._waiting, (self._clock.now() + 1.0, next(self._numbers), account, address, form, attempt + 1))
        outcome = "delivered" if is_done else "retried" if again else "dropped"
        taken = (time.monotonic() - begun) * 1000
        self._deliveries.add(
            Attempt("twilio", account.sid, number, attempt, self._clock.now(), status, taken, fingerprint(body), outcome)
        )


def signed(account: Account, url: str, form: Fields) -> dict[str, str]:
    """The headers that prove a call: by the account's token, or by its shared key where it has one."""
    secret = account.shared_key or account.auth_token
    secret = f"{secret}-wrong" if account.faults.wrong_secret else secret
    said = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    digest = hmac.new(secret.encode(), said.encode(), sha256 if account.shared_key else sha1).digest()
    headers = {"x-twilio-signature": base64.b64encode(digest).decode()}
    if account.shared_key:
        headers["x-twilio-webhooks-signature-settings"] = f"key={SHARED_KEY_ID},algorithm=HMAC_SHA256"
    return headers
