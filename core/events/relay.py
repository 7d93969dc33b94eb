"""The relay: gives committed events their positions and tells the hubs and consumers that they are there.

Identity order is not commit order, so positions are given after commit, under a row lock per workspace: whoever has
seen position n has seen, or can read, everything up to n.
"""

import threading
from queue import SimpleQueue
from uuid import UUID

import structlog
from django.db import close_old_connections, connection, connections
from redis.exceptions import RedisError

from core.events import consumers
from core.events.models import Event, EventHead
from core.tenancy import crossing, scope
from core.valkey import valkey

log = structlog.get_logger(__name__)

BATCH = 500
#: The channel on which hubs hear of new positions: `live` with the message `<workspace id> <last position>`.
CHANNEL = "live"

_LOCK = "SELECT position FROM core_eventhead WHERE workspace_id = %s FOR UPDATE"
_GIVE = """
    WITH waiting AS (
        SELECT id, row_number() OVER (ORDER BY id) AS n FROM (
            SELECT id FROM core_event WHERE workspace_id = %(workspace)s AND position IS NULL ORDER BY id LIMIT %(batch)s
        ) AS first
    ), given AS (
        UPDATE core_event AS event SET position = %(start)s + waiting.n FROM waiting
        WHERE event.id = waiting.id AND event.workspace_id = %(workspace)s RETURNING 1
    )
    UPDATE core_eventhead SET position = %(start)s + (SELECT count(*) FROM given)
    WHERE workspace_id = %(workspace)s AND EXISTS (SELECT 1 FROM waiting) RETURNING position
"""

_lock = threading.Lock()
#: Workspaces that this process is relaying, and whether another commit came meanwhile.
_relaying: dict[UUID, bool] = {}


class Background:
    """A thread that relays for a process whose own threads must not wait for a second commit, as in the web process.

    What it has not done when the process ends is swept up.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[UUID | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread after what it was asked for."""
        self._asked.put(None)
        self._thread.join()

    def ask(self, workspace_id: UUID) -> None:
        self._asked.put(workspace_id)

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            asked = {self._asked.get()}
            while not self._asked.empty():
                asked.add(self._asked.get())
            goes_on = None not in asked
            for workspace_id in filter(None, asked):
                self._relay(workspace_id)
        connections.close_all()

    def _relay(self, workspace_id: UUID) -> None:
        close_old_connections()
        try:
            relay(workspace_id)
        except Exception as error:  # noqa: BLE001  # the thread must live on; the sweeper relays what this could not
            log.warning("events.relay_failed", error=type(error).__name__)


background = Background()


def relay_soon(workspace_id: UUID) -> None:
    """Relay a workspace's events, or leave them to the thread of this process that does so or is just doing so."""
    if background.is_running:
        background.ask(workspace_id)
        return
    with _lock:
        if workspace_id in _relaying:
            _relaying[workspace_id] = True
            return
        _relaying[workspace_id] = False
    try:
        while True:
            relay(workspace_id)
            with _lock:
                if not _relaying[workspace_id]:
                    del _relaying[workspace_id]
                    return
                _relaying[workspace_id] = False
    except BaseException:
        with _lock:
            _relaying.pop(workspace_id, None)
        raise


def relay(workspace_id: UUID) -> int:
    """Give every waiting event of a workspace its position and announce them; return how many. Safe to repeat."""
    total = 0
    while True:
        count, last = _give_positions(workspace_id)
        total += count
        if count:
            announce(workspace_id, last)
        if count < BATCH:
            return total


def announce(workspace_id: UUID, position: int) -> None:
    """Tell hubs and consumers; where the broker is away, hubs poll and the sweeper catches up."""
    try:
        valkey().publish(CHANNEL, f"{workspace_id} {position}")
    except RedisError as error:
        log.warning("events.announce_failed", error=type(error).__name__)
    consumers.wake(workspace_id)


def relay_waiting() -> int:
    """Relay what a crash between commit and relay left behind, in all workspaces; return how many."""
    with crossing("find events that wait for their relay"):
        waiting = list(Event.objects.filter(position=None).values_list("workspace_id", flat=True).distinct())
    return sum(relay(workspace_id) for workspace_id in waiting)


def _give_positions(workspace_id: UUID) -> tuple[int, int]:
    with scope(workspace_id), connection.cursor() as cursor:
        # The lock first, by a statement of its own: the next one must see what its last holder has committed.
        cursor.execute(_LOCK, [workspace_id])
        head = cursor.fetchone()
        if head is None:
            EventHead.objects.bulk_create([EventHead(workspace_id=workspace_id)], ignore_conflicts=True)
            cursor.execute(_LOCK, [workspace_id])
            head = cursor.fetchone()
        start: int = head[0]
        cursor.execute(_GIVE, {"workspace": workspace_id, "start": start, "batch": BATCH})
        row = cursor.fetchone()
    return (row[0] - start, row[0]) if row else (0, start)
