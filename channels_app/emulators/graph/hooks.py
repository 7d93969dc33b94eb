"""Calls the apps' webhooks: puts events together, signs, repeats what was not answered with 200.

What is repeated comes after 5 s, then after twice as long each time up to an hour, until the event is 7 days old
(WhatsApp) or 36 hours (pages and Instagram, whose app is then unsubscribed). Undocumented in detail, so a plain doubling.
"""

import asyncio
import heapq
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx

from channels_app.emulators.clock import Clock
from channels_app.emulators.deliveries import Attempt, Deliveries, fingerprint
from channels_app.emulators.graph.signing import body_of, signature
from channels_app.emulators.graph.state import App, Fields, Platform, Webhook

TIMEOUT = httpx.Timeout(20, connect=10)
FIRST_WAIT, LONGEST_WAIT = 5.0, 3600.0
#: For how long, in seconds, events of an object are repeated.
LIVES = {"whatsapp_business_account": 7 * 24 * 3600.0}
OTHER_LIFE = 36 * 3600.0


@dataclass(frozen=True, slots=True)
class Event:
    """One event as it is told to one app. `line`: events of a person that nobody reorders come one after another."""

    id: int
    node: str
    account: str
    line: str
    entry: Fields
    born_at: float


@dataclass(slots=True, eq=False)
class Post:
    """A webhook with its events, waiting or under way. `number` tells which came first."""

    app: App
    url: str
    about: str
    events: list[Event]
    at: float
    attempts: int = 0
    number: int = 0
    epoch: int = 0
    is_repeat: bool = False

    @property
    def lines(self) -> set[str]:
        return {one.line for one in self.events}


@dataclass(slots=True)
class Batch:
    """Events that wait for others to go with."""

    at: float
    size: int
    events: list[Event] = field(default_factory=list)


class Hooks:
    """The webhooks of every app. It is a timed part of the emulator."""

    def __init__(self, clock: Clock, deliveries: Deliveries, platform: Platform, random: Random, name: str) -> None:
        self._clock = clock
        self._deliveries = deliveries
        self._platform = platform
        self._random = random
        self._name = name
        self._waiting: list[tuple[float, int, Post]] = []
        #: The lines of which an event is under way, each with what waits for it.
        self._held: dict[str, list[Post] | None] = {}
        self._epoch = 0
        self._batches: dict[tuple[str, str, str], Batch] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._client = httpx.AsyncClient(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_connections=None))

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await self._client.aclose()

    def clear(self) -> None:
        """Forget what waits; calls that go on are answered to nobody."""
        self._waiting.clear()
        self._batches.clear()
        self._held.clear()
        self._epoch += 1

    def emit(
        self,
        node: str,
        object_: str,
        field_: str,
        entry: Fields,
        *,
        account: str,
        line: str,
        webhook: Webhook | None = None,
        by_app: bool = False,
    ) -> int:
        """Tell every app that is subscribed to a node; return the event's number, 0 when nobody wants it.

        `webhook`: the account has an address of its own, which comes before the node's and the app's. `by_app`: the fields
        are those of the app's object, whichever the node's subscription names.
        """
        number = 0
        for subscription in self._platform.subscriptions.get(node, {}).values():
            app = self._platform.apps[subscription.app_id]
            of_app = app.webhooks.get(object_)
            wanted = (frozenset() if by_app else subscription.fields) or (of_app.fields if of_app else frozenset())
            target = webhook or subscription.webhook or of_app
            if target is None or (wanted and field_ not in wanted):
                continue
            number = number or self._platform.number("event")
            event = Event(number, node, account, f"{account}:{line}" if line else f"alone:{number}", entry, self._clock.now())
            self._take(app, target.url, object_, event)
        self._clock.changed()
        return number

    async def ask(self, webhook: Webhook) -> str:
        """Check an address by a challenge; return what is wrong with it, empty when it is right."""
        answer = self._platform.letters(20)
        asked = {"hub.mode": "subscribe", "hub.challenge": answer, "hub.verify_token": webhook.verify_token}
        try:
            response = await self._client.get(webhook.url, params=asked)
        except Exception as error:  # noqa: BLE001  # a line that is cut in the middle breaks in many ways, below httpx too
            return f"curl_errno = 7; curl_error = {type(error).__name__}"
        if response.status_code != 200:
            return f"HTTP Status Code = {response.status_code}; HTTP Message = {response.reason_phrase}"
        return "" if response.text == answer else "The challenge was not echoed"

    def tell(self, url: str, fields: dict[str, str], note: Fields) -> None:
        """Post a form once, and note the answer."""
        self._begin(self._tell(url, fields, note))

    @property
    def is_busy(self) -> bool:
        return bool(self._tasks)

    def next_at(self) -> float | None:
        times = [one.at for one in self._batches.values()]
        return min([*times, *(one[0] for one in self._waiting[:1])], default=None)

    def run_due(self) -> None:
        now = self._clock.now()
        for (app_id, url, object_), batch in list(self._batches.items()):
            if batch.at <= now or len(batch.events) >= batch.size:
                del self._batches[app_id, url, object_]
                self._put(Post(self._platform.apps[app_id], url, object_, batch.events, now))
        while self._waiting and self._waiting[0][0] <= now:
            post = heapq.heappop(self._waiting)[2]
            busy = next((line for line in post.lines if line in self._held), None)
            if busy is None:
                self._held |= dict.fromkeys(post.lines)
                self._begin(self._attempt(post))
            else:
                self._held[busy] = [*(self._held[busy] or []), post]

    def _put(self, post: Post) -> None:
        post.number, post.epoch = self._platform.number("post"), self._epoch
        heapq.heappush(self._waiting, (post.at, post.number, post))

    def _take(self, app: App, url: str, object_: str, event: Event) -> None:
        """Put an event into its line, with its account's faults."""
        faults, now = self._platform.faults_of(event.account), self._clock.now()
        if self._random.random() < faults.drop_rate:
            return
        at = now + faults.delay_ms / 1000
        if faults.reorder_window_ms:
            event = Event(event.id, event.node, event.account, f"alone:{event.id}", event.entry, event.born_at)
            at += self._random.uniform(0, faults.reorder_window_ms / 1000)
        batch = self._batches.get((app.id, url, object_))
        if batch is None and faults.batch_size <= 1:
            self._put(Post(app, url, object_, [event], at))
            return
        if batch is None:
            batch = Batch(at + faults.batch_window_ms / 1000, faults.batch_size)
            self._batches[app.id, url, object_] = batch
        batch.events.append(event)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
        self._clock.changed()

    async def _attempt(self, post: Post) -> None:
        """Call a webhook once and decide what follows."""
        body = body_of({"object": post.about, "entry": [one.entry for one in post.events]})
        begin = time.monotonic()
        status = await self._call(post, body)
        latency = round((time.monotonic() - begin) * 1000, 1)
        post.attempts += 1
        if self._epoch != post.epoch:
            return
        for waiting in [one for line in post.lines for one in self._held.pop(line, None) or []]:
            heapq.heappush(self._waiting, (waiting.at, waiting.number, waiting))
        outcome = self._settle(post, status)
        now, mark = self._clock.now(), fingerprint(body)
        for event in {one.account: one for one in post.events}.values():
            self._deliveries.add(Attempt(self._name, event.account, event.id, post.attempts, now, status, latency, mark, outcome))

    async def _call(self, post: Post, body: bytes) -> int:
        is_forged = any(self._platform.faults_of(one.account).wrong_secret for one in post.events)
        secret = "wrong" if is_forged else post.app.secret
        headers = {"content-type": "application/json", "user-agent": "facebookexternalua"}
        headers["x-hub-signature-256"] = signature(secret, body)
        try:
            response = await self._client.post(post.url, content=body, headers=headers)
        except Exception:  # noqa: BLE001  # a line that is cut in the middle breaks in many ways, below httpx too
            return 0
        return response.status_code

    def _settle(self, post: Post, status: int) -> str:
        """What becomes of a webhook that was called. `status` 0 is no answer; only 200 is taken for a yes."""
        if status == 200:
            self._repeat(post)
            return "delivered"
        post.at = self._clock.now() + min(FIRST_WAIT * 2 ** min(post.attempts - 1, 20), LONGEST_WAIT)
        if post.at - post.events[0].born_at <= LIVES.get(post.about, OTHER_LIFE):
            self._put(post)
            return "retried"
        if post.about in LIVES:
            return "dropped"
        for event in post.events:
            self._platform.subscriptions.get(event.node, {}).pop(post.app.id, None)
        return "closed"

    def _repeat(self, post: Post) -> None:
        """Send what was delivered once more, where a fault wants it: as it was, or put together otherwise."""
        if post.is_repeat:
            return
        faults, now = self._platform.faults_of(post.events[0].account), self._clock.now()
        again = [post.events] if self._random.random() < faults.duplicate_rate else []
        if self._random.random() < faults.rebatch_rate:
            again += [[one] for one in post.events] if len(post.events) > 1 else [post.events * 2]
        for events in again:
            self._put(Post(post.app, post.url, post.about, events, now, is_repeat=True))

    async def _tell(self, url: str, fields: dict[str, str], note: Fields) -> None:
        try:
            response = await self._client.post(url, data=fields)
            note |= {"status": response.status_code, "answer": response.text}
        except Exception as error:  # noqa: BLE001  # as above
            note |= {"status": 0, "answer": type(error).__name__}
