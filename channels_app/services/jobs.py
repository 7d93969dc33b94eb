"""What a claimed delivery has to do, as its adapter needs it: read in a scope, used outside of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from channels_app.contract import Action, Feature, InboxConfig, Outgoing, OutgoingFile
from channels_app.models import OutboundDelivery
from channels_app.registry import adapter_of, config_of
from channels_app.services import public_files
from channels_app.services.loading import Loaded
from channels_app.services.rules import standing_of
from conversations.models import Attachment, Conversation, Message
from conversations.services import aliases, attachments
from core.tenancy import scope

#: Actions that are messages of another make: what makes the message, by the action's kind.
MAILS: dict[str, Callable[[OutboundDelivery, dict[str, Any]], Outgoing]] = {}
#: Ids of earlier messages that a channel with subjects is given.
EARLIER = 10


@dataclass(frozen=True, slots=True)
class Job:
    """A message to be sent, or something else to be done; neither where nothing is left to do.

    `delivery` is as it was when the job was read, with its inbox and message.
    """

    delivery: OutboundDelivery
    channel: str
    config: InboxConfig
    outgoing: Outgoing | None = None
    action: Action | None = None


def is_complete(found: Loaded) -> bool:
    """Whether the job of a delivery can be told without reading more: a message without files and references."""
    message, capabilities = found.delivery.message, adapter_of(found.delivery.inbox.channel).capabilities
    if message is None or found.has_files or message.reply_to_id is not None:
        return False
    return not capabilities.has_aliases and Feature.SUBJECT not in capabilities.features


def job_of(found: Loaded) -> Job:
    """What a delivery has to do. In its workspace's scope, unless it is complete."""
    delivery = found.delivery
    config = config_of(delivery.inbox)
    if delivery.message is None:
        return _job_of_action(delivery, config)
    outgoing = _outgoing(delivery.message, delivery.inbox.channel, has_files=found.has_files)
    return Job(delivery, delivery.inbox.channel, config, outgoing=outgoing)


def carries_words(delivery: OutboundDelivery) -> bool:
    """Whether somebody reads what a delivery brings: done twice, they would read it twice."""
    return delivery.message_id is not None or is_mail(delivery)


def is_mail(delivery: OutboundDelivery) -> bool:
    """Whether a delivery is a message of another make."""
    return delivery.message_id is None and delivery.action.data["kind"] in MAILS


def message_acted_on(delivery: OutboundDelivery) -> Message | None:
    """The message of ours that an action changes at the platform."""
    about = delivery.action.data.get("message")
    return Message.objects.select_related("conversation__identity").filter(pk=about).first() if about else None


def _job_of_action(delivery: OutboundDelivery, config: InboxConfig) -> Job:
    given = dict(delivery.action.data)
    make = MAILS.get(given["kind"])
    if make is not None:
        return Job(delivery, delivery.inbox.channel, config, outgoing=make(delivery, dict(given["data"])))
    if given.pop("message", None) is None:
        return Job(delivery, delivery.inbox.channel, config, action=Action(**given))
    message = message_acted_on(delivery)
    if message is None or not message.provider_id:  # it never got there
        return Job(delivery, delivery.inbox.channel, config)
    return Job(delivery, delivery.inbox.channel, config, action=_action_on(message, given))


def _action_on(message: Message, given: dict[str, Any]) -> Action:
    """An action with the place of its message at the platform, as it is known by now."""
    more_ids = message.data.get("more_ids")
    data = {**given.get("data", {}), **({"more_ids": more_ids} if more_ids else {})}
    return Action(given["kind"], message.conversation.identity.value, message.provider_id, given.get("text", ""), data)


def _outgoing(message: Message, channel: str, *, has_files: bool) -> Outgoing:
    conversation = message.conversation
    capabilities = adapter_of(channel).capabilities
    has_subject = Feature.SUBJECT in capabilities.features
    return Outgoing(
        reference=message.pk,
        to=conversation.identity.value,
        name=conversation.contact.name,
        text=message.body,
        files=files_of([message]) if has_files else (),
        reply_to=message.reply_to.provider_id if message.reply_to else "",
        data=message.data,
        conversation=conversation.pk,
        subject=conversation.subject,
        earlier=_earlier(conversation, message) if has_subject else (),
        author=message.author_user.name if message.author_user else "",
        is_automatic=message.is_ai or message.author_user is None,
        is_late=standing_of(conversation.identity, capabilities).is_late,
        also=aliases.values_of(conversation.identity) if capabilities.has_aliases else (),
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
    link = partial(public_files.link_to, attachment)
    return OutgoingFile(attachment.pk, attachment.name, attachment.content_type, attachment.size, read, link)


def _bytes(attachment: Attachment) -> bytes:
    with scope(attachment.workspace_id):
        return b"".join(attachments.read(attachment))
