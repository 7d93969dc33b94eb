"""Calls the bots' webhooks: one engine for each, the calls themselves, and what their answers ask for."""

import asyncio
import time
from dataclasses import replace
from random import Random

import httpx
import orjson

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Attempt, Deliveries, fingerprint
from channels_app.emulators.telegram.api import BotApi
from channels_app.emulators.telegram.state import Bot, Fields, Update, Webhook
from channels_app.emulators.telegram.webhooks import Engine, Outcome, Pending
from channels_app.emulators.web import ascii_json

TIMEOUT = httpx.Timeout(60, connect=10)
_SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # the header's name


class Hooks:
    """The webhooks of every bot. It is a timed part of the emulator."""

    def __init__(self, clock: Clock, deliveries: Deliveries, api: BotApi, random: Random) -> None:
        self._clock = clock
        self._deliveries = deliveries
        self._api = api
        self._random = random
        self._engines: dict[int, Engine] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_connections=None))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._client.aclose()

    def clear(self) -> None:
        """Forget every webhook; calls that go on are answered to nobody."""
        self._engines.clear()

    def webhook_changed(self, bot: Bot) -> None:
        """A bot's webhook was set or deleted: what waits goes to the new one."""
        self._engines.pop(bot.id, None)
        if bot.webhook.url:
            self._engines[bot.id] = Engine(bot.webhook.max_connections, self._random)
            for update in bot.updates.values():
                self.deliver(bot, update)
        self._clock.changed()

    def deliver(self, bot: Bot, update: Update) -> None:
        """Put an update into its line, with the bot's faults."""
        faults, now = bot.faults, self._clock.now()
        if self._random.random() < faults.drop_rate:
            bot.updates.pop(update.id, None)
            return
        at = now + faults.delay_ms / 1000
        if faults.reorder_window_ms:
            update = replace(update, queue=f"alone:{update.id}")
            at += self._random.uniform(0, faults.reorder_window_ms / 1000)
        self._engines[bot.id].add(update, at)
        self._clock.changed()

    @property
    def is_busy(self) -> bool:
        return bool(self._tasks)

    def next_at(self) -> float | None:
        return min((at for engine in self._engines.values() if (at := engine.next_at()) is not None), default=None)

    def run_due(self) -> None:
        now = self._clock.now()
        for bot_id, engine in list(self._engines.items()):
            bot = self._api.world.platform.bot_by_id(bot_id)
            for pending in engine.due(now) if bot else ():
                assert bot is not None
                task = asyncio.get_running_loop().create_task(self._attempt(bot, engine, pending))
                self._tasks.add(task)
                task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        self._clock.changed()

    async def _attempt(self, bot: Bot, engine: Engine, pending: Pending) -> None:
        """Call a bot's webhook with one update and settle it."""
        webhook, body = bot.webhook, _body(bot, pending.update)
        begin = time.monotonic()
        status, retry_after, said = await self._post(bot, webhook, body)
        attempt, now = pending.fails + 1, self._clock.now()
        outcome = engine.settle(pending, status, retry_after, now)
        self._deliveries.add(
            Attempt("telegram", str(bot.id), pending.update.id, attempt, now, status,
                    round((time.monotonic() - begin) * 1000, 1), fingerprint(body), outcome)
        )  # fmt: skip
        if self._engines.get(bot.id) is not engine:
            return
        await self._conclude(bot, engine, pending, outcome, status, said)

    async def _conclude(self, bot: Bot, engine: Engine, pending: Pending, outcome: Outcome, status: int, said: Fields) -> None:
        if outcome in (Outcome.DELIVERED, Outcome.DROPPED):
            bot.updates.pop(pending.update.id, None)
        if outcome is not Outcome.DELIVERED:
            bot.webhook.last_error_at = int(self._clock.now())
            bot.webhook.last_error = f"Wrong response from the webhook: {status}" if status else "Connection refused"
        elif self._random.random() < bot.faults.duplicate_rate:
            engine.repeat(pending.update, self._clock.now())
        if outcome is Outcome.CLOSED:
            bot.webhook = Webhook(allowed=bot.webhook.allowed)
            self._engines.pop(bot.id)
        if said:
            await self._api.call_by_webhook(bot, said)

    async def _post(self, bot: Bot, webhook: Webhook, body: bytes) -> tuple[int, float, Fields]:
        """The status (0: no answer), the seconds it asks to wait, and the object that it answers."""
        headers = {"content-type": "application/json"}
        if webhook.secret:
            headers[_SECRET_HEADER] = "wrong" if bot.faults.wrong_secret else webhook.secret
        try:
            response = await self._client.post(webhook.url, content=body, headers=headers)
        except Exception:  # noqa: BLE001  # a line that is cut in the middle breaks in many ways, below httpx too
            return 0, 0.0, {}
        wait = response.headers.get("retry-after", "")
        return response.status_code, float(wait) if wait.isdecimal() else 0.0, _said(response)


def _body(bot: Bot, update: Update) -> bytes:
    return ascii_json(update.json) if bot.faults.unicode_escape else orjson.dumps(update.json)


def _said(response: httpx.Response) -> Fields:
    if not 200 <= response.status_code <= 299:
        return {}
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind == "application/x-www-form-urlencoded":
        return dict(httpx.QueryParams(response.text))
    try:
        found = orjson.loads(response.content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
