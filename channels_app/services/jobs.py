"""What a claimed delivery has to do, as its adapter needs it: read in a scope, used outside of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from channels_app.contract import Action, Feature, InboxConfig, Outgoing, OutgoingFile
from channels_app.models import OutboundDelivery
from channels_app.registry import adapter_of, config_of
from conversations.models import Attachment, Conversation, Message
from conversations.services import attachments
from core.tenancy import scope

#: Actions that are messages of another make: what makes the message, by the action's kind.
MAILS: dict[str, Callable[[OutboundDelivery, dict[str, Any]], Outgoing]] = {}
#: Ids of earlier messages that a channel with subjects is given.
EARLIER = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A message to be sent, or something else to be done."""

    channel: str
    config: InboxConfig
    outgoing: Outgoing | None = None
    action: Action | None = None


def job_of(delivery_id: UUID) -> tuple[OutboundDelivery, Job] | None:
    """A delivery that is being sent and its job; None when it is settled already."""
    found = OutboundDelivery.objects.select_related("inbox").filter(pk=delivery_id, state="sending").first()
    if found is None:
        return None
    config = config_of(found.inbox)
    if found.message_id is None:
        return found, _job_of_action(found, config)
    # Not one statement with all it names: planning eight joins takes Postgres longer than three small look-ups.
    found.message = Message.objects.select_related("conversation__identity", "conversation__contact").get(pk=found.message_id)
    return found, Job(found.inbox.channel, config, outgoing=_outgoing(found.message, found.inbox.channel))


def _job_of_action(delivery: OutboundDelivery, config: InboxConfig) -> Job:
    action = Action(**delivery.action.data)
    make = MAILS.get(action.kind)
    if make is not None:
        return Job(delivery.inbox.channel, config, outgoing=make(delivery, dict(action.data)))
    return Job(delivery.inbox.channel, config, action=action)


def _outgoing(message: Message, channel: str) -> Outgoing:
    conversation = message.conversation
    has_subject = Feature.SUBJECT in adapter_of(channel).capabilities.features
    return Outgoing(
        reference=message.pk,
        to=conversation.identity.value,
        name=conversation.contact.name,
        text=message.body,
        files=files_of([message]),
        reply_to=message.reply_to.provider_id if message.reply_to else "",
        data=message.data,
        conversation=conversation.pk,
        subject=conversation.subject,
        earlier=_earlier(conversation, message) if has_subject else (),
        author=message.author_user.name if message.author_user else "",
        is_automatic=message.is_ai or message.author_user is None,
    )


def _earlier(conversation: Conversation, message: Message) -> list[str]:
    known = Message.objects.filter(conversation=conversation, seq__lt=message.seq, provider_index__isnull=False)
    return [one.provider_id for one in reversed(known.order_by("-seq")[:EARLIER])]


def files_of(messages: Sequence[Message]) -> list[OutgoingFile]:
    """The files of messages, in order, each to be read when it is needed."""
    found = Attachment.objects.filter(message__in=messages).exclude(storage_name="")
    return [_file(one) for one in found.order_by("message__seq", "id")]


def _file(attachment: Attachment) -> OutgoingFile:
    read = partial(_bytes, attachment)
    return OutgoingFile(attachment.pk, attachment.name, attachment.content_type, attachment.size, read)


def _bytes(attachment: Attachment) -> bytes:
    with scope(attachment.workspace_id):
        return b"".join(attachments.read(attachment))
