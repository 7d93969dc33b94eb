"""What a visitor may read of their own conversation."""

from dataclasses import dataclass

from channels_app.adapters.website.tokens import Visitor
from channels_app.adapters.website.wire import PUBLIC
from channels_app.contract import InboxConfig
from conversations.identities import identity_index
from conversations.models import ContactIdentity, Conversation, Message
from conversations.selectors.timeline import messages_of, with_what_shows

PAGE = 50


@dataclass(frozen=True, slots=True)
class History:
    """A page of a visitor's messages in order, and whether there are earlier ones."""

    messages: list[Message]
    has_more: bool


def identity_of(inbox: InboxConfig, visitor: Visitor) -> ContactIdentity | None:
    """The identity under which the visitor is known here; None before their first message."""
    index = identity_index(visitor.kind, visitor.value)
    found = ContactIdentity.objects.select_related("contact")
    return found.filter(inbox_id=inbox.id, kind=visitor.kind, value_index=index).first()


def conversation_of(identity: ContactIdentity | None) -> Conversation | None:
    """The visitor's current conversation."""
    if identity is None:
        return None
    return Conversation.objects.filter(identity=identity).order_by("-id").first()


def history(conversation: Conversation | None, *, before: int | None = None) -> History:
    """The newest public messages, or those before a number."""
    if conversation is None:
        return History([], has_more=False)
    messages = messages_of(conversation).filter(kind__in=PUBLIC)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    rows = with_what_shows(messages.order_by("-seq")[: PAGE + 1])
    return History(rows[:PAGE][::-1], has_more=len(rows) > PAGE)


def unread_of(conversation: Conversation | None) -> int:
    """How many replies the visitor has not read."""
    if conversation is None:
        return 0
    replies = Message.objects.filter(conversation=conversation, kind=Message.Kind.OUTBOUND, deleted_at=None)
    return replies.filter(seq__gt=conversation.contact_read_seq).count()
