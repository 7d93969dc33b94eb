"""The intake of the edge process: authentic events become durable rows, many webhooks in one commit.

A caller is answered only after its row is committed. When the database is away or too much waits, it is told to come
back (503): never a yes that is not stored.
"""

import asyncio
import re
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import psycopg
import structlog
from django.conf import settings
from django.core.exceptions import SynchronousOnlyOperation
from psycopg_pool import AsyncConnectionPool

from channels_app import metrics
from channels_app.contract import Envelope, InboxConfig
from channels_app.services.accounts import inbox_by_key, inboxes_of_account
from channels_app.services.rows import INSERT, Row, columns_of, sealed_row
from core.live.threads import in_thread
from core.tenancy.scope import CROSSING_ROLE
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

#: Rows that may wait for their commit; one more is refused.
MAX_WAITING = 2000
BATCH = 250
#: Seconds for which an inbox's configuration is kept.
INBOX_TTL = 3.0
#: Seconds that one commit may take; what waits behind a failed one is sent away with it.
COMMIT_TIMEOUT = 8.0
#: Seconds between two wake-ups of the drain, and under load: one that was just woken looks for more by itself.
WAKE_EVERY = 0.03
WAKE_EVERY_UNDER_LOAD = 0.2
#: Under load a commit waits this long (seconds) for company: the more rows share it, the less each costs.
COMPANY = 0.001
LOAD = 4

#: What a public inbox key may be made of; anything else never reaches the database.
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")


#: What an inbox is kept under: its channel and key, or its channel, app, account and workspace.
type Named = tuple[str, ...]
type Inboxes = tuple[InboxConfig, ...]


class NotStoredError(Exception):
    """The event could not be made durable; the sender must come back with it."""


class Intake:
    """Groups rows that arrive together into one INSERT and one commit."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Row, asyncio.Future[None]]] = []
        self._more = asyncio.Event()
        self._pool: AsyncConnectionPool[psycopg.AsyncConnection[tuple[object, ...]]] | None = None
        self._flushing: asyncio.Task[None] | None = None
        self._wake: asyncio.Task[None] | None = None
        self._woken_at = 0.0
        self._last = 0
        self._is_news = False
        self._inboxes: dict[Named, tuple[float, Inboxes]] = {}
        self._reading: dict[Named, asyncio.Task[Inboxes]] = {}

    async def inbox(self, channel: str, key: str) -> InboxConfig | None:
        """The inbox of a public key, at most a few seconds old. Raises NotStoredError when it cannot be read."""
        if not _KEY.fullmatch(key):
            return None
        found = await self._known((channel, key), partial(_inboxes_by_key, channel, key))
        return found[0] if found else None

    async def store_each(self, channel: str, at: InboxConfig | None, envelopes: Sequence[Envelope]) -> None:
        """Make events durable, each for the inbox that its account names. `at` is the inbox whose address they came to.

        What no inbox is known for is counted and forgotten. Raises NotStoredError.
        """
        by_account: defaultdict[str, list[Envelope]] = defaultdict(list)
        for envelope in envelopes:
            by_account[envelope.account].append(envelope)
        await asyncio.gather(*(self._store_for(channel, at, account, some) for account, some in by_account.items()))

    async def _store_for(self, channel: str, at: InboxConfig | None, account: str, envelopes: Sequence[Envelope]) -> None:
        is_own = at is not None and account in ("", at.account)
        found = (at,) if at is not None and is_own else await self._inboxes_of(channel, at, account)
        wanted = [one for one in found if one.is_enabled]
        await asyncio.gather(*(self.store(channel, inbox, envelopes) for inbox in wanted))
        if not wanted:
            metrics.INTAKE.labels(channel, "unknown_account").inc(len(envelopes))

    async def _inboxes_of(self, channel: str, at: InboxConfig | None, account: str) -> Inboxes:
        """The inboxes of this account, of the operator's app or of the app that signs for the inbox `at`."""
        if at is not None and not at.account:
            raise NotStoredError  # it is being connected: the platform comes back with what is for it
        source, workspace_id = (at.source, at.workspace_id) if at is not None else ("", None)
        name = (channel, source, account, str(workspace_id or ""))
        return await self._known(name, partial(inboxes_of_account, channel, source, account, workspace_id))

    async def _known(self, name: Named, read: Callable[[], Inboxes]) -> Inboxes:
        known = self._inboxes.get(name)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        # Whoever asks meanwhile waits for the one reading that is under way, which none of them can cancel.
        reading = self._reading.get(name)
        if reading is None:
            reading = self._reading[name] = asyncio.create_task(self._read_inboxes(name, read))
        try:
            return await asyncio.shield(reading)
        except Exception as error:
            log.warning("intake.inbox_unreadable", error=type(error).__name__)
            raise NotStoredError from error

    async def _read_inboxes(self, name: Named, read: Callable[[], Inboxes]) -> Inboxes:
        try:
            found = await in_thread(read)()
        finally:
            del self._reading[name]
        if len(self._inboxes) > 10_000:
            self._inboxes.clear()
        self._inboxes[name] = (time.monotonic() + INBOX_TTL, found)
        return found

    async def store(self, channel: str, inbox: InboxConfig, envelopes: Sequence[Envelope]) -> None:
        """Make events durable. Returns after their commit; raises NotStoredError when that was not possible."""
        if len(self._waiting) + len(envelopes) > MAX_WAITING:
            metrics.INTAKE.labels(channel, "overload").inc(len(envelopes))
            raise NotStoredError
        self._start()
        try:
            rows = await self._sealed(inbox, envelopes)
        except Exception as error:
            log.warning("intake.not_sealed", error=type(error).__name__)
            raise NotStoredError from error
        done = [self._queue(row) for row in rows]
        try:
            for one in done:
                await one
        except (TimeoutError, psycopg.Error, OSError) as error:
            metrics.INTAKE.labels(channel, "not_stored").inc(len(envelopes))
            raise NotStoredError from error
        metrics.INTAKE.labels(channel, "stored").inc(len(envelopes))

    async def close(self) -> None:
        """Let go of the connections, when the process ends."""
        if self._flushing is not None:
            self._flushing.cancel()
        if self._pool is not None:
            await self._pool.close()

    async def _sealed(self, inbox: InboxConfig, envelopes: Sequence[Envelope]) -> list[Row]:
        try:
            return [sealed_row(inbox, envelope) for envelope in envelopes]
        except SynchronousOnlyOperation:
            pass  # the keys are not in memory: reading them takes a thread
        return await in_thread(_sealed_rows)(inbox, envelopes)

    def _queue(self, row: Row) -> asyncio.Future[None]:
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((row, future))
        self._more.set()
        return future

    def _start(self) -> None:
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush_for_ever())

    async def _flush_for_ever(self) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                if self._last >= LOAD and len(self._waiting) < BATCH:
                    await asyncio.sleep(COMPANY)
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                self._last = len(batch)
                await self._flush(batch)

    async def _flush(self, batch: list[tuple[Row, asyncio.Future[None]]]) -> None:
        try:
            await self._insert([row for row, _future in batch])
        except (psycopg.DataError, psycopg.IntegrityError):
            # One row that Postgres will not take must not refuse its neighbours.
            for row, future in batch:
                await self._flush_alone(row, future)
            self._wake_drain()
        except (psycopg.Error, OSError, TimeoutError) as error:
            log.warning("intake.commit_failed", error=type(error).__name__)
            behind, self._waiting = self._waiting, []
            for _row, future in (*batch, *behind):
                _fail(future, error)
        else:
            for _row, future in batch:
                if not future.done():
                    future.set_result(None)
            self._wake_drain()

    async def _flush_alone(self, row: Row, future: asyncio.Future[None]) -> None:
        try:
            await self._insert([row])
        except (psycopg.Error, OSError, TimeoutError) as error:
            _fail(future, error)
        else:
            if not future.done():
                future.set_result(None)

    async def _insert(self, rows: list[Row]) -> None:
        columns = columns_of(rows)
        async with asyncio.timeout(COMMIT_TIMEOUT):
            try:
                await self._execute(columns)
            except psycopg.OperationalError:
                # A connection that died since its last use; a row that was stored all the same is the same event.
                await self._execute(columns)

    async def _execute(self, columns: list[list[object]]) -> None:
        pool = await self._opened()
        async with pool.connection(timeout=5) as connection:
            await connection.execute(INSERT, columns, prepare=True)

    async def _opened(self) -> AsyncConnectionPool[psycopg.AsyncConnection[tuple[object, ...]]]:
        if self._pool is None:
            database = settings.DATABASES["default"]
            self._pool = AsyncConnectionPool(
                min_size=1,
                max_size=2,
                open=False,
                timeout=5,
                kwargs={
                    "dbname": database["NAME"],
                    "user": database["USER"],
                    "password": database["PASSWORD"],
                    "host": database["HOST"],
                    "port": database["PORT"],
                    "autocommit": True,
                    "connect_timeout": 5,
                    "application_name": "chatzee-edge",
                    "options": f"-c role={CROSSING_ROLE}",
                },
            )
            await self._pool.open()
        return self._pool

    def _wake_drain(self) -> None:
        """Wake a worker after this commit, one wake-up at a time: it drains whatever there is."""
        self._is_news = True
        if self._wake is None or self._wake.done():
            self._wake = asyncio.create_task(self._wake_while_news())

    async def _wake_while_news(self) -> None:
        while self._is_news:
            pause = WAKE_EVERY_UNDER_LOAD if self._last >= LOAD else WAKE_EVERY
            await asyncio.sleep(max(0.0, self._woken_at + pause - time.monotonic()))
            self._is_news, self._woken_at = False, time.monotonic()
            await in_thread(wake_up)("channels_app.tasks.drain_inbound")


def _inboxes_by_key(channel: str, key: str) -> Inboxes:
    found = inbox_by_key(channel, key)
    return (found,) if found else ()


def _fail(future: asyncio.Future[None], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # its caller may be gone


def _sealed_rows(inbox: InboxConfig, envelopes: Sequence[Envelope]) -> list[Row]:
    return [sealed_row(inbox, envelope) for envelope in envelopes]


intake = Intake()
