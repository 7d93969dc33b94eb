"""What the hub reads from the database. Synchronous; the hub calls it in a thread."""

from uuid import UUID

from core.events.models import Event, EventHead
from core.live.subscriber import Subscriber
from core.tenancy import crossing, scope

#: A socket that missed more than this is told to start afresh.
MAX_REPLAY = 1000


def head_position(workspace_id: UUID) -> int:
    """The newest position of a workspace."""
    with scope(workspace_id):
        head = EventHead.objects.first()
        return head.position if head else 0


def head_positions(workspace_ids: list[UUID]) -> dict[UUID, int]:
    """The newest positions of several workspaces, in one query."""
    with crossing("live updates look for what a lost broker did not tell"):
        heads = EventHead.objects.filter(workspace_id__in=workspace_ids)
        return dict(heads.values_list("workspace_id", "position"))


def read_and_render(
    workspace_id: UUID, after: int, subscribers: dict[str, Subscriber]
) -> tuple[list[Event], dict[str, dict[UUID, str]]]:
    """The events after a position, and their renderings by audience: each rendered once, by one of its subscribers."""
    with scope(workspace_id):
        events = list(Event.objects.filter(position__gt=after).order_by("position")[:MAX_REPLAY])
        rendered = {}
        for audience, subscriber in subscribers.items():
            mine = [event for event in events if subscriber.may_see(event)]
            rendered[audience] = subscriber.render(mine) if mine else {}
        return events, rendered
