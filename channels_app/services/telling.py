"""What becomes of deliveries that are no message of their own, where a person should know it."""

from channels_app.models import OutboundDelivery
from channels_app.services.jobs import is_mail, message_acted_on
from conversations.models import Message
from conversations.services import receipts
from conversations.services.messages import add_activity

State = OutboundDelivery.State
#: Actions whose failure leaves a message at the customer's other than agents see it.
_SEEN = frozenset({"edit", "delete", "react"})


def tell_outcome(delivery: OutboundDelivery) -> None:
    """Say of a settled action what went wrong: at the message that it should have changed, or in the thread of its mail."""
    if delivery.state == State.SENT:
        return
    conversation = delivery.conversation
    if is_mail(delivery) and conversation is not None:
        action = "mail_unsure" if delivery.state == State.UNKNOWN else "mail_failed"
        add_activity(conversation, action, channel=delivery.inbox.channel, code=delivery.error_code)
        return
    message = message_acted_on(delivery) if delivery.action.data["kind"] in _SEEN else None
    if message is not None:
        receipts.note_error(message, delivery.error_code)


def last_sent_on(delivery: OutboundDelivery) -> Message | None:
    """The last of the messages that a mail sends on; None for any other delivery."""
    if not is_mail(delivery):
        return None
    messages = delivery.action.data["data"]["messages"].split(",")
    return Message.objects.filter(pk__in=messages).order_by("-seq").first()
