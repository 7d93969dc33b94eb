"""Delivery receipts: a log of what platforms said, and a status that only moves forward."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from conversations.identities import provider_index
from conversations.models import Conversation, DeliveryReceipt, Inbox, Message
from conversations.normalised import NotYetError, Receipt
from conversations.services.messages import message_changed
from core.events import publish
from core.ids import new_id
from core.vault.encrypted_field import seat_of
from core.vault.opening import encrypted_field

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
#: By hand: every delivery and every receipt of a platform runs it, mostly twice.
_ADVANCE = """
    WITH logged AS (
        INSERT INTO conversations_deliveryreceipt (id, workspace_id, message_id, status, error_code, occurred_at, created_at)
        VALUES (%(receipt)s, %(workspace)s, %(message)s, %(status)s, %(error_code)s, %(occurred_at)s, %(now)s)
    )
    UPDATE conversations_message SET status = %(status)s, error_code = %(error_code)s,
        provider_index = coalesce(%(provider_index)s, provider_index),
        provider_id = CASE WHEN key_id = %(key)s THEN coalesce(%(provider_id)s, provider_id) ELSE provider_id END
    WHERE id = %(message)s AND workspace_id = %(workspace)s AND status = ANY(%(lower)s) RETURNING key_id = %(key)s
"""


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
        keep_id(message, receipt.provider_id)


def _message_of(inbox: Inbox, receipt: Receipt) -> Message | None:
    sent = Message.objects.select_for_update(of=("self",)).select_related("conversation").filter(inbox=inbox, kind=Kind.OUTBOUND)
    if receipt.message is not None:
        return sent.filter(pk=receipt.message).first()
    index = provider_index(receipt.provider_id)
    return sent.filter(provider_index=index).first() or sent.filter(aliases__provider_index=index).first()


def advance(
    message: Message, status: str, *, occurred_at: datetime | None = None, error_code: str = "", provider_id: str = ""
) -> bool:
    """Log a status of an outbound message and move the message there if that is forward; tell whether it moved.

    With `provider_id`, keep also what the message is at its platform. The message may have been read in an earlier
    transaction; this one is the caller's.
    """
    now = timezone.now()
    values: dict[str, Any] = {"message": message.pk, "workspace": message.workspace_id, "key": message.key_id}
    values |= {"receipt": new_id(), "now": now, "occurred_at": occurred_at or now}
    values |= {"status": str(status), "error_code": error_code, "lower": _lower(status)}
    with connection.cursor() as cursor:
        cursor.execute(_ADVANCE, values | _id_columns(message, provider_id))
        row = cursor.fetchone()
    if provider_id and (row is None or not row[0]):  # the status stays, or the message is under another key by now
        keep_id(Message.objects.get(pk=message.pk), provider_id)
    if row is None:
        return False
    message.status, message.error_code = status, error_code
    message_changed(message, message.conversation, status=status)
    return True


def keep_id(message: Message, provider_id: str) -> None:
    """Know what a message of ours is at its platform. Raises StaleKeyError."""
    message.provider_id, message.provider_index = provider_id, provider_index(provider_id)
    message.save(update_fields=["provider_id", "provider_index"])


def _id_columns(message: Message, provider_id: str) -> dict[str, bytes | None]:
    if not provider_id:
        return {"provider_id": None, "provider_index": None}
    message.provider_id, message.provider_index = provider_id, provider_index(provider_id)
    sealed = encrypted_field(Message, "provider_id").sealed_for(message, seat_of(message))
    return {"provider_id": bytes(sealed or b""), "provider_index": message.provider_index}


def _lower(status: str) -> list[str]:
    """The statuses from which this one is a step forward."""
    return [str(value) for value, rank in _RANK.items() if rank < _RANK[Status(status)]]


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
