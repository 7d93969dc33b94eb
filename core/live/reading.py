"""What the hub reads from the database. Synchronous; the hub calls it in a thread."""

from uuid import UUID

from core.events.models import Event, EventHead
from core.live.subscriber import Subscriber
from core.tenancy import crossing, scope

#: A socket that missed more than this is told to start afresh.
MAX_REPLAY = 1000
#: Events read at once: fewer than a socket's queue holds, so that a healthy socket keeps up with any burst.
CHUNK = 200


def head_and_whether_resumable(workspace_id: UUID, position: int) -> tuple[int, bool]:
    """The newest position of a workspace, and whether a socket at `position` can be given all that came after it."""
    with scope(workspace_id):
        head = EventHead.objects.first()
        newest = head.position if head else 0
        if position < 0 or not newest - MAX_REPLAY <= position <= newest:
            return newest, False
        # Old events are dropped: whoever stands before the oldest one has missed some for good.
        is_next_kept = position == newest or Event.objects.filter(position=position + 1).exists()
        return newest, is_next_kept


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
        events = list(Event.objects.filter(position__gt=after).order_by("position")[:CHUNK])
        rendered = {}
        for audience, subscriber in subscribers.items():
            mine = [event for event in events if subscriber.may_see(event)]
            rendered[audience] = subscriber.render(mine) if mine else {}
        return events, rendered
