"""The drain: applies stored events, in order per sender, many in one commit.

Wake-ups only say "look"; Postgres says what there is. Two drains may run at once: a sender's lock keeps them apart.
"""

from collections import defaultdict
from collections.abc import Sequence
from itertools import batched
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from channels_app.models import InboundEvent
from channels_app.services.settling import settle
from channels_app.services.together import apply_heads
from conversations.models import Inbox
from core.tenancy import crossing, scope

BATCH = 100
#: What one commit holds: enough to share its cost, little enough that a killed worker repeats little and nobody waits long.
SENDERS_PER_COMMIT = 40
EVENTS_PER_SENDER = 20
State = InboundEvent.State

type SenderKey = tuple[UUID, int]


def drain() -> int:
    """Apply everything that is due, in all workspaces; return how many events were applied, set aside or put off."""
    settled = 0
    while True:
        due = _due_senders()
        done = sum(_drain_workspace(workspace_id, senders) for workspace_id, senders in due.items())
        settled += done
        if not done:
            return settled


def _due_senders() -> dict[UUID, list[SenderKey]]:
    """The senders with due events, oldest first, by workspace."""
    with crossing("find inbound events that are due"):
        due = InboundEvent.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now())
        rows = due.order_by("next_attempt_at", "id").values_list("workspace_id", "inbox_id", "sender_hash")[:BATCH]
        found: defaultdict[UUID, dict[SenderKey, None]] = defaultdict(dict)
        for workspace_id, inbox_id, sender_hash in rows:
            found[workspace_id][(inbox_id, sender_hash)] = None
    return {workspace_id: list(senders) for workspace_id, senders in found.items()}


def _drain_workspace(workspace_id: UUID, senders: list[SenderKey]) -> int:
    settled = 0
    for some in batched(senders, SENDERS_PER_COMMIT, strict=False):
        with scope(workspace_id):
            lines = _lines(_locked(some))
            settled += apply_heads(lines)
            settled += sum(map(_drain_line, lines))
    return settled


def _locked(senders: Sequence[SenderKey]) -> list[SenderKey]:
    """The senders whose locks could be taken, until commit: another drain has the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inbox, sender FROM unnest(%s::uuid[], %s::bigint[]) AS t(inbox, sender) "
            "WHERE pg_try_advisory_xact_lock(hashtextextended(inbox::text, sender))",
            [[inbox for inbox, _sender in senders], [sender for _inbox, sender in senders]],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _lines(senders: Sequence[SenderKey]) -> list[list[InboundEvent]]:
    """The waiting events of senders in the order in which they came, the first ones of each."""
    if not senders:
        return []
    of_senders = Q()
    for inbox_id, sender_hash in senders:
        of_senders |= Q(inbox_id=inbox_id, sender_hash=sender_hash)
    place = Window(RowNumber(), partition_by=[F("inbox_id"), F("sender_hash")], order_by="id")
    waiting = InboundEvent.objects.filter(of_senders, state=State.WAITING).annotate(place=place)
    inboxes = Inbox.objects.in_bulk({inbox_id for inbox_id, _sender in senders})
    lines: dict[SenderKey, list[InboundEvent]] = {sender: [] for sender in senders}
    for event in waiting.filter(place__lte=EVENTS_PER_SENDER).order_by("id"):
        event.inbox = inboxes[event.inbox_id]
        lines[(event.inbox_id, event.sender_hash)].append(event)
    return list(lines.values())


def _drain_line(line: list[InboundEvent]) -> int:
    """Apply a sender's events one by one; stop at one that has to be tried again later."""
    settled = 0
    for event in line:
        if event.next_attempt_at > timezone.now():
            if event.error_code == "not_yet":
                continue
            settled += _hold_back(event)
            break
        settled += 1
        if not settle(event):
            break
    return settled


def _hold_back(head: InboundEvent) -> int:
    """Let what stands behind an event that waits for its next attempt wait as long.

    Left due, a hundred of them would fill every look at the line and keep other senders from being seen.
    """
    waiting = InboundEvent.objects.filter(inbox_id=head.inbox_id, sender_hash=head.sender_hash, state=State.WAITING)
    return waiting.filter(next_attempt_at__lt=head.next_attempt_at).update(next_attempt_at=head.next_attempt_at)
