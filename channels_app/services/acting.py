"""What agents do with messages besides writing them, carried to the channel where it can do it: edit, delete, react, type."""

from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts.models import User
from channels_app.contract import Action, Adapter, ChannelError, Feature
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of, all_adapters, config_of
from channels_app.services import outbox, rules
from conversations.models import Conversation, Message
from conversations.services import deletion, edits
from core.audit import Actor
from core.tenancy import scope
from core.valkey import valkey
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

#: Platforms show that somebody types for about five seconds; more often than this they are not told, in seconds.
TYPING_EVERY = 4
#: A word about typing that nobody passed on by then is worth nothing.
TYPING_LIVES = 8.0
#: Statuses of messages that are at the customer's, or on the way there.
_UNDER_WAY = (Message.Status.QUEUED, Message.Status.SENT, Message.Status.DELIVERED, Message.Status.READ)
_NOTHING: frozenset[Feature] = frozenset()


def possible(message: Message, channel: str) -> frozenset[Feature]:
    """What agents can do with a message of a channel: EDIT, DELETE, REACTIONS. Editing is for who wrote it."""
    adapter = all_adapters().get(channel)
    if message.deleted_at is not None or adapter is None:
        return _NOTHING
    if message.kind == Message.Kind.NOTE:
        return frozenset({Feature.DELETE})
    if message.kind == Message.Kind.INBOUND:
        return adapter.capabilities.features & {Feature.REACTIONS}
    if message.kind == Message.Kind.OUTBOUND:
        return _possible_with_own(message, adapter)
    return _NOTHING


def _possible_with_own(message: Message, adapter: Adapter) -> frozenset[Feature]:
    if message.status == Message.Status.FAILED:  # it is nowhere but here
        return frozenset({Feature.DELETE})
    found = adapter.capabilities.features & {Feature.EDIT, Feature.DELETE}
    # A message that became several at its platform has no one text there that could be changed.
    is_one_text = message.body and message.content_type == "text" and not message.data.get("more_ids")
    can_edit = is_one_text and message.author_user_id is not None and message.status in _UNDER_WAY
    return found if can_edit else found - {Feature.EDIT}


def edit_message(message: Message, *, body: str, author: User) -> None:
    """Give an agent's own reply another text, here and at its platform. Raises ValidationError, in words."""
    adapter = adapter_of(message.inbox.channel)
    if message.author_user_id != author.pk or Feature.EDIT not in possible(message, adapter.slug):
        raise ValidationError(_("This message cannot be changed any more."))
    rules.check_length(body.replace("\r\n", "\n").strip(), adapter.capabilities)
    if edits.edit_message(message, body=body, author=author):
        _tell(message, "edit", text=message.body)


def delete_message(message: Message, *, actor: Actor) -> None:
    """Delete a message or note here and, where it has gone out, at its platform. Raises ValidationError, in words.

    What a customer wrote is deleted here alone.
    """
    if message.deleted_at is not None:
        return
    is_own = message.kind == Message.Kind.OUTBOUND
    if is_own and Feature.DELETE not in possible(message, message.inbox.channel):
        raise ValidationError(_("This channel cannot take a message back."))
    deletion.delete_message(message, actor=actor)
    if is_own and message.status != Message.Status.FAILED:
        _tell(message, "delete")


def react(message: Message, *, emoji: str, author: User) -> None:
    """Set an agent's reaction to a customer's message, or take it back (empty). Raises ValidationError, in words."""
    if Feature.REACTIONS not in possible(message, message.inbox.channel):
        raise ValidationError(_("This channel has no reactions."))
    _tell(message, "react", text=edits.set_reaction(message, emoji=emoji, author=author))


def _tell(message: Message, kind: str, text: str = "") -> None:
    """Queue what the platform has to do; a channel without an `act` of its own shows our messages as they are here."""
    if _has_act(adapter_of(message.inbox.channel)):
        outbox.queue_action(message.inbox, {"kind": kind, "text": text, "message": str(message.pk)}, message.conversation)


def _has_act(adapter: Adapter) -> bool:
    return type(adapter).act is not Adapter.act


def tell_read(conversation: Conversation) -> None:
    """Have the platform show the customer that their newest message has been read, where it shows such a thing."""
    adapter = all_adapters().get(conversation.inbox.channel)
    if adapter is None or Feature.MARK_READ not in adapter.capabilities.features or not _has_act(adapter):
        return
    received = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, provider_index__isnull=False)
    newest = received.order_by("-seq").first()
    if newest is not None:
        outbox.queue_action(conversation.inbox, {"kind": "read", "message": str(newest.pk)}, conversation)


def tell_typing(workspace_id: UUID, conversation_id: UUID, channel: str) -> None:
    """Have a worker show the customer that somebody types, at most every `TYPING_EVERY` seconds. Lost without harm."""
    adapter = all_adapters().get(channel)
    if adapter is None or Feature.TYPING not in adapter.capabilities.features or not _has_act(adapter):
        return
    try:
        is_first = valkey().set(f"typing:{conversation_id}", 1, nx=True, ex=TYPING_EVERY)
    except RedisError as error:
        log.info("typing.lost", error=type(error).__name__)
        return
    if is_first:
        wake_up("channels_app.tasks.show_typing", str(workspace_id), str(conversation_id), expires=TYPING_LIVES)


def show_typing(workspace_id: UUID, conversation_id: UUID) -> None:
    """Show the customer that somebody types. What hinders it is logged: nobody misses it."""
    with scope(workspace_id):
        conversation = Conversation.objects.select_related("inbox", "identity").filter(pk=conversation_id).first()
        if conversation is None or not _is_open(conversation):
            return
        last = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND, provider_index__isnull=False)
        newest = last.order_by("-seq").first()
        config, channel = config_of(conversation.inbox), conversation.inbox.channel
        action = Action("typing", conversation.identity.value, newest.provider_id if newest else "")
    try:
        adapter_of(channel).act(action, config)
    except ChannelError as error:
        log.info("typing.not_shown", code=error.code)


def _is_open(conversation: Conversation) -> bool:
    """Whether the line to a conversation's contact works: its inbox is on and neither stopped nor resting."""
    if not conversation.inbox.is_enabled or not conversation.identity.is_reachable:
        return False
    lines = InboxHealth.objects.filter(inbox=conversation.inbox)
    return not lines.exclude(stopped_at=None, resting_until=None).exists()
