"""The thread of a conversation, in pages by message number."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from conversations.models import Attachment, Conversation, Message
from core.events.models import Event

PAGE = 50


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Messages in order; `has_earlier` and `has_later` tell whether the thread goes on beyond them."""

    messages: list[Message]
    has_earlier: bool
    has_later: bool


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """A conversation's messages with what each of them shows: a fixed number of queries whatever their number."""
    return _with_what_shows(Message.objects.filter(conversation=conversation))


def thread_page(
    conversation: Conversation, *, before: int | None = None, after: int | None = None, size: int = PAGE
) -> ThreadPage:
    """The newest messages, those before a number (reading back), or those after one (catching up)."""
    messages = messages_of(conversation)
    if after is not None:
        rows = list(messages.filter(seq__gt=after).order_by("seq")[: size + 1])
        return ThreadPage(rows[:size], has_earlier=after > 0, has_later=len(rows) > size)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    rows = list(messages.order_by("-seq")[: size + 1])
    return ThreadPage(rows[:size][::-1], has_earlier=len(rows) > size, has_later=before is not None)


def messages_for_events(events: Iterable[Event]) -> dict[str, Message]:
    """The messages that events speak of, by id as text, with what each of them shows."""
    ids = {event.data["message"] for event in events}
    if not ids:
        return {}
    found = _with_what_shows(Message.objects.filter(id__in=ids).select_related("conversation"))
    return {str(message.pk): message for message in found}


def _with_what_shows(messages: QuerySet[Message]) -> QuerySet[Message]:
    return messages.select_related("author_user", "reply_to").prefetch_related(
        Prefetch("attachments", Attachment.objects.order_by("id")), "reactions"
    )
