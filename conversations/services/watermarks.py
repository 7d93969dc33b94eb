"""Watermarks in time: everything sent until a moment has been delivered or read."""

from datetime import timedelta

from django.utils import timezone

from conversations.models import Contact, Inbox, Message
from conversations.normalised import NotYetError, SeenUntil
from conversations.services import receipts
from conversations.services.contacts import known_identity

Status = Message.Status
#: A message whose sending takes longer than this was not what the platform spoke of.
_SENDING = timedelta(seconds=60)
#: What each status lifts.
_BELOW = {Status.DELIVERED: (Status.SENT,), Status.READ: (Status.SENT, Status.DELIVERED)}


def apply_seen(inbox: Inbox, event: SeenUntil) -> Contact | None:
    """Move the messages that a watermark covers. Raises NotYetError while one of them is just being sent.

    The platform's moment is compared with ours of writing the message: what was written later is not covered.
    """
    identity = known_identity(inbox, event.sender)
    if identity is None:
        return None
    sent = Message.objects.filter(
        conversation__identity=identity, kind=Message.Kind.OUTBOUND, occurred_at__lte=event.until, deleted_at=None
    )
    if sent.filter(status=Status.QUEUED, created_at__gt=timezone.now() - _SENDING).exists():
        raise NotYetError("a message that is being sent")
    covered = sent.select_related("conversation").filter(status__in=_BELOW[Status(event.status)])
    for message in covered.order_by("id"):
        receipts.advance(message, event.status, occurred_at=event.occurred_at)
    return identity.contact
