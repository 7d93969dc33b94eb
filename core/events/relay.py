"""The relay: gives committed events their positions and tells the hubs and consumers that they are there.

Identity order is not commit order, so positions are given after commit, under a row lock per workspace: whoever has
seen position n has seen, or can read, everything up to n.
"""

from uuid import UUID

import structlog
from django.db import connection, transaction
from redis.exceptions import RedisError

from core.events import consumers
from core.events.models import Event, EventHead
from core.tenancy import crossing, scope
from core.valkey import valkey

log = structlog.get_logger(__name__)

BATCH = 500
#: The channel on which hubs hear of new positions: `live` with the message `<workspace id> <last position>`.
CHANNEL = "live"


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
    with scope(workspace_id), transaction.atomic():
        head = _locked_head(workspace_id)
        waiting = Event.objects.filter(position=None).order_by("id").values_list("id", flat=True)
        ids = list(waiting[:BATCH])
        if not ids:
            return 0, head.position
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE core_event SET position = %s + t.n FROM unnest(%s::uuid[]) WITH ORDINALITY AS t(id, n) "
                "WHERE core_event.id = t.id AND core_event.workspace_id = %s",
                [head.position, ids, workspace_id],
            )
        head.position += len(ids)
        head.save(update_fields=["position"])
        return len(ids), head.position


def _locked_head(workspace_id: UUID) -> EventHead:
    heads = EventHead.objects.select_for_update()
    head = heads.first()
    if head is None:
        EventHead.objects.bulk_create([EventHead(workspace_id=workspace_id)], ignore_conflicts=True)
        head = heads.get()
    return head
