"""Who has read how far."""

from uuid import UUID

from django.db.models import F, Func, JSONField, Value
from django.db.models.expressions import Combinable

from accounts.models import User
from conversations import outbound
from conversations.models import Conversation
from core.events import publish_all
from core.events.models import Event


def mark_read(conversation: Conversation, *, user: User, seq: int | None = None) -> bool:
    """Move an agent's read mark forward to `seq` (the newest message by default); tell whether it moved."""
    seq = conversation.last_seq if seq is None else min(seq, conversation.last_seq)
    if int(conversation.read_seqs.get(str(user.pk), 0)) >= seq:
        return False
    furthest = max((int(one) for one in conversation.read_seqs.values()), default=0)
    if furthest < conversation.inbound_seq <= seq:
        outbound.tell_read(conversation)
    return _move(conversation, user, seq)


def mark_unread(conversation: Conversation, *, user: User) -> bool:
    """Put an agent's read mark before the contact's newest message, so that it counts as unread for them."""
    return _move(conversation, user, max(conversation.inbound_seq - 1, 0))


def _move(conversation: Conversation, user: User, seq: int) -> bool:
    conversation.read_seqs = {**conversation.read_seqs, str(user.pk): seq}
    # One statement, so that agents who read at the same time do not undo each other's marks.
    Conversation.objects.filter(pk=conversation.pk).update(read_seqs=_with_mark(user.pk, seq))
    publish_all([read_event(conversation, user.pk, seq)])
    return True


def read_event(conversation: Conversation, user_id: UUID, seq: int) -> Event:
    """What tells that an agent's read mark has moved."""
    return Event(
        type="conversation.read",
        inbox_id=conversation.inbox_id,
        contact_id=conversation.contact_id,
        conversation_id=conversation.pk,
        data={"user": str(user_id), "seq": seq},
    )


def _with_mark(user_id: UUID, seq: int) -> Combinable:
    mark = Value({str(user_id): seq}, JSONField())
    return Func(F("read_seqs"), mark, template="(%(expressions)s)", arg_joiner=" || ", output_field=JSONField())
