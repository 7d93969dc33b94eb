"""The hub: one per edge process. It hears of new positions, reads the events once, has them rendered once per audience
and hands them to the sockets that may see them.

The broker only tells it sooner: it also looks at the database every few seconds, so nothing is missed when a message is.
"""

import asyncio
from collections import defaultdict
from uuid import UUID

import orjson
import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from chatzee.env import env
from core.events import relay
from core.live import reading, signals
from core.live.subscriber import Subscriber
from core.live.threads import in_thread

log = structlog.get_logger(__name__)

POLL_SECONDS = 1.5
#: Before a replay that could not be read is tried again.
RETRY_SECONDS = 0.5
#: How long a replay waits for a slow socket to take what it was given.
PATIENCE_SECONDS = 10.0


class Hub:
    """Carries the events of every workspace that has a socket here."""

    def __init__(self) -> None:
        self._sockets: defaultdict[UUID, set[Subscriber]] = defaultdict(set)
        self._announced: dict[UUID, int] = {}
        self._carrying: dict[UUID, asyncio.Task[None]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to listen and to look; safe to call again."""
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._poll())]

    async def join(self, subscriber: Subscriber) -> None:
        """Add a socket; it is sent what it missed since its position. One too far behind gets a reset instead."""
        self.start()
        workspace_id = subscriber.workspace_id
        head, can_resume = await in_thread(reading.head_and_whether_resumable)(workspace_id, subscriber.position)
        if not can_resume:
            subscriber.position = head
            subscriber.put(orjson.dumps({"t": "reset", "pos": head}).decode())
        self._sockets[workspace_id].add(subscriber)
        self.announced(workspace_id, head)

    def part(self, subscriber: Subscriber) -> None:
        """Forget a socket."""
        sockets = self._sockets[subscriber.workspace_id]
        sockets.discard(subscriber)
        if not sockets:
            del self._sockets[subscriber.workspace_id]
            self._announced.pop(subscriber.workspace_id, None)

    def announced(self, workspace_id: UUID, position: int) -> None:
        """A workspace has events up to `position`: carry them, unless that is under way."""
        if workspace_id not in self._sockets:
            return
        self._announced[workspace_id] = max(position, self._announced.get(workspace_id, 0))
        task = self._carrying.get(workspace_id)
        if task is None or task.done():
            self._carrying[workspace_id] = asyncio.create_task(self._carry(workspace_id))

    async def _carry(self, workspace_id: UUID) -> None:
        """Bring every socket that is behind up to what was announced, from the position of the last of them."""
        while True:
            target = self._announced.get(workspace_id, 0)
            behind = {one for one in self._sockets.get(workspace_id, ()) if one.position < target}
            if not behind:
                return
            after = min(one.position for one in behind)
            if await self._deliver(workspace_id, after, behind) <= after:
                return

    async def _deliver(self, workspace_id: UUID, after: int, sockets: set[Subscriber]) -> int:
        """Read the events after a position and send them; return the last position read.

        A socket that is not as far as `after` is passed by: it is never served with a gap.
        """
        audiences: dict[str, Subscriber] = {}
        for socket in sockets:
            audiences.setdefault(socket.audience, socket)
        try:
            events, rendered = await in_thread(reading.read_and_render)(workspace_id, after, audiences)
        except Exception as error:  # noqa: BLE001  # the next poll tries again; a socket must not die of it
            log.warning("live.read_failed", error=type(error).__name__)
            return after
        for socket in [one for one in sockets if one.position >= after]:
            texts = rendered[socket.audience]
            for event in events:
                position = event.position or 0
                if position > socket.position:
                    socket.position = position
                    if event.pk in texts and socket.may_see(event):
                        socket.put(texts[event.pk])
        return (events[-1].position or after) if events else after

    async def _listen(self) -> None:
        while True:
            try:
                async with Redis.from_url(env.valkey_url.get_secret_value() + "/1") as client, client.pubsub() as pubsub:
                    await pubsub.subscribe(relay.CHANNEL, signals.CHANNEL)
                    async for message in pubsub.listen():
                        if message["type"] == "message":
                            self._hear(message["channel"].decode(), message["data"])
            except (RedisError, OSError) as error:
                log.warning("live.broker_away", error=type(error).__name__)
            await asyncio.sleep(1)

    def _hear(self, channel: str, data: bytes) -> None:
        if channel == relay.CHANNEL:
            workspace_id, position = data.split()
            self.announced(UUID(workspace_id.decode()), int(position))
            return
        signal = orjson.loads(data)
        for socket in self._sockets.get(UUID(signal["workspace"]), ()):
            if socket.hears(signal):
                socket.put(socket.signal_text(signal))

    async def _poll(self) -> None:
        """Find what the broker did not tell, and close sockets whose right has ended."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                workspaces = list(self._sockets)
                if not workspaces:
                    continue
                heads = await in_thread(reading.head_positions)(workspaces)
                for workspace_id, position in heads.items():
                    self.announced(workspace_id, position)
                await self._close_invalid()
            except Exception as error:  # noqa: BLE001  # a database that is away comes back; the loop must live
                log.warning("live.poll_failed", error=type(error).__name__)

    async def _close_invalid(self) -> None:
        by_kind: defaultdict[type[Subscriber], list[Subscriber]] = defaultdict(list)
        for socket in [one for sockets in self._sockets.values() for one in sockets]:
            by_kind[type(socket)].append(socket)
        for kind, sockets in by_kind.items():
            for socket in await in_thread(kind.invalid_among)(sockets):
                socket.revoke()


hub = Hub()
