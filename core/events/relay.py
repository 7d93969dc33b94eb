"""The relay: gives committed events their positions and tells the hubs and consumers that they are there.

Identity order is not commit order, so positions are given after commit, under a row lock per workspace: whoever has
seen position n has seen, or can read, everything up to n.
"""

import threading
from uuid import UUID

import structlog
from django.db import connection
from redis.exceptions import RedisError

from core.events import consumers
from core.events.models import Event, EventHead
from core.tenancy import crossing, scope
from core.valkey import valkey

log = structlog.get_logger(__name__)

BATCH = 500
#: The channel on which hubs hear of new positions: `live` with the message `<workspace id> <last position>`.
CHANNEL = "live"


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


def relay_soon(workspace_id: UUID) -> None:
    """Relay a workspace's events, or leave them to the thread of this process that is just doing so."""
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
    with scope(workspace_id):
        # The lock first, by a statement of its own: the next one must see what its last holder has committed.
        start = _locked_head(workspace_id)
        with connection.cursor() as cursor:
            cursor.execute(_GIVE, {"workspace": workspace_id, "start": start, "batch": BATCH})
            row = cursor.fetchone()
    return (row[0] - start, row[0]) if row else (0, start)


def _locked_head(workspace_id: UUID) -> int:
    heads = EventHead.objects.select_for_update().values_list("position", flat=True)
    position = heads.first()
    if position is None:
        EventHead.objects.bulk_create([EventHead(workspace_id=workspace_id)], ignore_conflicts=True)
        position = heads.get()
    return position
