"""The outbox: queueing deliveries."""

from django.utils import timezone

from channels_app.models import OutboundDelivery
from conversations.models import Message


def queue_delivery(message: Message) -> None:
    """Queue a message's delivery in the caller's transaction."""
    OutboundDelivery.objects.create(
        message=message,
        inbox_id=message.inbox_id,
        conversation_id=message.conversation_id,
        next_attempt_at=timezone.now(),
    )
