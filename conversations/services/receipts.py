"""Delivery receipts: a log of what platforms said, and a status that only moves forward."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from conversations.identities import provider_index
from conversations.models import Conversation, DeliveryReceipt, Inbox, Message
from conversations.normalised import NotYetError, Receipt
from conversations.services.messages import message_changed
from core.events import publish

Kind, Status = Message.Kind, Message.Status

#: How far each status is. A later, lower word is logged and changes nothing; "failed" yields to proof of arrival.
_RANK = {
    Status.NONE: 0,
    Status.QUEUED: 1,
    Status.UNKNOWN: 2,
    Status.SENT: 3,
    Status.FAILED: 4,
    Status.DELIVERED: 5,
    Status.READ: 6,
}


@transaction.atomic
def receive(inbox: Inbox, receipt: Receipt) -> None:
    """Apply a platform's receipt. Raises NotYetError when its message is not known yet: receipts overtake sends."""
    message = _message_of(inbox, receipt)
    if message is None:
        raise NotYetError("the message of this receipt")
    _keep_id(inbox, message, receipt)
    advance(message, receipt.status, occurred_at=receipt.occurred_at, error_code=receipt.error_code)


def _keep_id(inbox: Inbox, message: Message, receipt: Receipt) -> None:
    """Know what a doubtful message of ours is at the platform, by the receipt that gives our own id back."""
    if receipt.message is None or message.provider_index is not None or not receipt.provider_id:
        return
    index = provider_index(receipt.provider_id)
    if not Message.objects.filter(inbox=inbox, provider_index=index).exists():
        message.provider_id, message.provider_index = receipt.provider_id, index
        message.save(update_fields=["provider_id", "provider_index"])


def _message_of(inbox: Inbox, receipt: Receipt) -> Message | None:
    sent = Message.objects.select_for_update(of=("self",)).select_related("conversation").filter(inbox=inbox, kind=Kind.OUTBOUND)
    if receipt.message is not None:
        return sent.filter(pk=receipt.message).first()
    index = provider_index(receipt.provider_id)
    return sent.filter(provider_index=index).first() or sent.filter(aliases__provider_index=index).first()


@transaction.atomic
def advance(message: Message, status: str, *, occurred_at: datetime | None = None, error_code: str = "") -> bool:
    """Log a status of an outbound message and move the message there if that is forward; tell whether it moved."""
    DeliveryReceipt.objects.create(
        message=message, status=status, error_code=error_code, occurred_at=occurred_at or timezone.now()
    )
    if _RANK[Status(status)] <= _RANK[Status(message.status)]:
        return False
    message.status, message.error_code = status, error_code
    message.save(update_fields=["status", "error_code"])
    message_changed(message, message.conversation, status=status)
    return True


@transaction.atomic
def note_error(message: Message, code: str) -> None:
    """Say at a message what could not be done with it at its platform; its status stays what it is."""
    message.error_code = code[:64]
    message.save(update_fields=["error_code"])
    message_changed(message, message.conversation)


@transaction.atomic
def advance_up_to(conversation: Conversation, seq: int, status: str, occurred_at: datetime) -> None:
    """Expand a watermark: every outbound message up to `seq` has been delivered or read."""
    seq = min(seq, conversation.last_seq)
    lower = [value for value, rank in _RANK.items() if rank < _RANK[Status(status)] and value != Status.NONE]
    moved = list(
        Message.objects.select_for_update()
        .filter(conversation=conversation, kind=Message.Kind.OUTBOUND, seq__lte=seq, status__in=lower)
        .values_list("id", flat=True)
    )
    if status == Status.READ and seq > conversation.contact_read_seq:
        conversation.contact_read_seq = seq
        conversation.save(update_fields=["contact_read_seq"])
    if not moved:
        return
    Message.objects.filter(id__in=moved).update(status=status, error_code="")
    DeliveryReceipt.objects.bulk_create(
        DeliveryReceipt(workspace_id=conversation.workspace_id, message_id=message_id, status=status, occurred_at=occurred_at)
        for message_id in moved
    )
    publish(
        "receipts.advanced",
        inbox_id=conversation.inbox_id,
        conversation_id=conversation.pk,
        contact_id=conversation.contact_id,
        status=status,
        seq=seq,
    )
