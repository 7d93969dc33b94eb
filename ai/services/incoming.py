"""What happens in conversations, as it concerns the AI: contacts' words wait for it, people's words overtake what it proposed.

Consumers of events, over whole batches: under a flood each of them costs a few statements, however much came.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from ai.models import Handover, Proposal, Turn
from ai.services.turns import GROWS, LONGEST_WAIT, QUIET, tell, wake
from conversations.models import Conversation, Message
from core.events.models import Event
from core.ids import new_id
from core.tenancy import current_workspace_id

#: Only what moved the conversation's mark waits: automatic messages, blocked contacts' and imported ones do not.
#: `waits_since` is `now` on the rows that waited for nothing before.
_NOTE = """
    INSERT INTO ai_turn AS turn (
        id, workspace_id, conversation_id, from_seq, to_seq, waits_since, due_at,
        done_seq, read_seq, attempts, is_held, answers, asked_seq
    )
    SELECT (array_agg(came.id))[1], %(workspace)s, came.conversation_id, min(came.seq), max(came.seq), %(now)s,
        least(%(now)s + %(quiet)s + %(grows)s * (max(came.seq) - min(came.seq)), %(now)s + %(longest)s), 0, 0, 0, false, 0, 0
    FROM unnest(%(ids)s::uuid[], %(conversations)s::uuid[], %(seqs)s::int[]) AS came (id, conversation_id, seq)
    JOIN conversations_conversation AS conversation ON conversation.id = came.conversation_id
    WHERE came.seq <= conversation.inbound_seq
    GROUP BY came.conversation_id ORDER BY came.conversation_id
    ON CONFLICT (conversation_id) DO UPDATE SET
        to_seq = excluded.to_seq,
        from_seq = CASE WHEN turn.due_at IS NULL THEN greatest(excluded.from_seq, turn.to_seq + 1) ELSE turn.from_seq END,
        waits_since = CASE WHEN turn.due_at IS NULL THEN %(now)s ELSE coalesce(turn.waits_since, %(now)s) END,
        attempts = CASE WHEN turn.due_at IS NULL THEN 0 ELSE turn.attempts END,
        due_at = CASE WHEN turn.due_at IS NULL THEN excluded.due_at ELSE least(
            %(now)s + %(quiet)s + %(grows)s * (excluded.to_seq - turn.from_seq),
            coalesce(turn.waits_since, %(now)s) + %(longest)s
        ) END
    WHERE excluded.to_seq > turn.to_seq
    RETURNING conversation_id, due_at, waits_since = %(now)s
"""


def on_messages(events: Sequence[Event]) -> None:
    """Consumer of `message.created`."""
    note_waiting([one for one in events if one.data["kind"] == Message.Kind.INBOUND])
    _overtaken([UUID(one.data["message"]) for one in events if one.data["kind"] == Message.Kind.OUTBOUND])


def on_changes(events: Sequence[Event]) -> None:
    """Consumer of `conversation.changed`: once a conversation is resolved, the AI may answer, and ask back about, the next
    question."""
    changed = {one.conversation_id for one in events if "status" in one.data.get("fields", ())}
    if changed:
        resolved = {"conversation__in": changed, "conversation__status": Conversation.Status.RESOLVED}
        Handover.objects.filter(**resolved, ended_at=None).update(ended_at=timezone.now())
        Turn.objects.filter(**resolved, asked_seq__gt=0).update(asked_seq=0)


def note_waiting(events: Sequence[Event]) -> None:
    """Have contacts' messages wait for the AI, together with others that wait already. Safe to repeat."""
    if not events:
        return
    now = timezone.now()
    asked: dict[str, Any] = {
        "workspace": current_workspace_id(),
        "ids": [new_id() for _ in events],
        "conversations": [one.conversation_id for one in events],
        "seqs": [int(one.data["seq"]) for one in events],
        "now": now,
        "quiet": QUIET,
        "grows": GROWS,
        "longest": LONGEST_WAIT,
    }
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, asked)
        noted = cursor.fetchall()
    for conversation_id, due_at, is_new in noted:
        if is_new:  # whoever takes a turn that was put off since asks to be woken once more
            wake(conversation_id, max(due_at - now, timedelta()))


def _overtaken(message_ids: Sequence[UUID]) -> None:
    """Proposals for what came before a colleague's message are of no use any more."""
    by_people = Message.objects.filter(pk__in=message_ids, author_user__isnull=False) if message_ids else Message.objects.none()
    spoken = dict(by_people.values_list("conversation").annotate(Max("seq")))
    if not spoken:
        return
    Turn.objects.filter(conversation__in=spoken).update(answers=0, is_held=False)
    proposed = Proposal.objects.filter(conversation__in=spoken, state=Proposal.State.PROPOSED)
    late = {row: place for row, place, seq in proposed.values_list("pk", "conversation", "to_seq") if seq < spoken[place]}
    if not late:
        return
    Proposal.objects.filter(pk__in=late).update(state=Proposal.State.SUPERSEDED)
    for conversation in Conversation.objects.filter(pk__in=set(late.values())):
        tell(conversation, "ai.proposal", state=str(Proposal.State.SUPERSEDED))
