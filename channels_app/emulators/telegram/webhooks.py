"""When a webhook is called, as the official server (tdlib/telegram-bot-api, WebhookActor) does it. No I/O, no clock.

One update of a chat at a time, chats side by side, as many as `max_connections`; twice as many updates are looked at.
The first failure is repeated at once, the next after 2, 4, 8 … seconds up to a random 60 to 120; a `Retry-After` counts
instead, up to an hour. An update is dropped when its next attempt would come after it expires, a day after it happened.
A webhook that answers 410 for 23 hours is closed.
"""

from collections import defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from channels_app.emulators.telegram.state import Update

MAX_RESEND = 60
MAX_RETRY_AFTER = 3600
GONE = 410
GONE_FOR = 23 * 3600


class Outcome(StrEnum):
    """What became of an attempt."""

    DELIVERED = "delivered"
    RETRIED = "retried"
    DROPPED = "dropped"
    CLOSED = "closed"


@dataclass(slots=True)
class Pending:
    """An update that waits to be delivered. `delay` in seconds, as the server keeps it."""

    update: Update
    wakeup_at: float
    delay: int = 1
    fails: int = 0
    is_in_flight: bool = False


class Engine:
    """The queues of one webhook."""

    def __init__(self, max_connections: int, random: Random) -> None:
        self.max_connections = max_connections
        self.is_closed = False
        self._random = random
        self._unloaded: deque[Pending] = deque()
        self._queues: dict[str, deque[Pending]] = defaultdict(deque)
        self._loaded = 0
        self._in_flight = 0
        self._gone_since = 0.0

    def add(self, update: Update, at: float) -> None:
        """Take an update in, not to be delivered before `at`."""
        self._unloaded.append(Pending(update, at))

    def repeat(self, update: Update, at: float) -> None:
        """Take an update in that was delivered already, before those that nobody looks at yet."""
        self._unloaded.appendleft(Pending(update, at))

    @property
    def waiting(self) -> int:
        """How many updates are not delivered yet."""
        return self._loaded + len(self._unloaded)

    @property
    def is_busy(self) -> bool:
        return self._in_flight > 0

    def due(self, now: float) -> list[Pending]:
        """Take what is to be delivered now, each to be settled."""
        self._load(now)
        heads = [queue[0] for queue in self._queues.values() if not queue[0].is_in_flight and queue[0].wakeup_at <= now]
        heads.sort(key=lambda one: (one.wakeup_at, one.update.id))
        found = heads[: max(self.max_connections - self._in_flight, 0)] if not self.is_closed else []
        for pending in found:
            pending.is_in_flight = True
        self._in_flight += len(found)
        return found

    def next_at(self) -> float | None:
        """When there is something to deliver."""
        if self.is_closed or self._in_flight >= self.max_connections:
            return None
        times = [queue[0].wakeup_at for queue in self._queues.values() if not queue[0].is_in_flight]
        if self._unloaded and self._loaded < self._most:
            times.append(self._unloaded[0].wakeup_at)
        return min(times, default=None)

    def settle(self, pending: Pending, status: int, retry_after: float, now: float) -> Outcome:
        """Note how an attempt ended; `status` 0 is no answer."""
        pending.is_in_flight = False
        self._in_flight -= 1
        if 200 <= status <= 299:
            self._gone_since = 0.0
            self._drop(pending)
            return Outcome.DELIVERED
        if self._is_gone_for_good(status, now):
            self.is_closed = True
            return Outcome.CLOSED
        return self._put_off(pending, min(max(int(retry_after), 0), MAX_RETRY_AFTER), now)

    def _put_off(self, pending: Pending, retry_after: int, now: float) -> Outcome:
        delay, wait = pending.delay, retry_after
        if retry_after == 0 and pending.fails > 0:
            delay = wait = min(self._random.randint(MAX_RESEND, 2 * MAX_RESEND), delay * 2)
        if int(now) + wait > pending.update.expires_at:
            self._drop(pending)
            return Outcome.DROPPED
        pending.delay, pending.wakeup_at = delay, now + wait
        pending.fails += 1
        return Outcome.RETRIED

    def _is_gone_for_good(self, status: int, now: float) -> bool:
        if status != GONE:
            self._gone_since = 0.0 if status else self._gone_since
            return False
        self._gone_since = self._gone_since or now
        return now > self._gone_since + GONE_FOR

    @property
    def _most(self) -> int:
        return self.max_connections * 2

    def _load(self, now: float) -> None:
        while self._unloaded and self._loaded < self._most:
            pending = self._unloaded.popleft()
            if pending.update.expires_at < int(now):
                continue
            self._queues[pending.update.queue].append(pending)
            self._loaded += 1

    def _drop(self, pending: Pending) -> None:
        queue = self._queues[pending.update.queue]
        queue.popleft()
        self._loaded -= 1
        if not queue:
            del self._queues[pending.update.queue]
