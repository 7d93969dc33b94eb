"""The thread of a conversation, in pages by message number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, QuerySet, prefetch_related_objects

from conversations.models import Attachment, Conversation, Message, Reaction
from core.events.models import Event

PAGE = 50


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Messages in order; `has_earlier` and `has_later` tell whether the thread goes on beyond them."""

    messages: list[Message]
    has_earlier: bool
    has_later: bool


def messages_of(conversation: Conversation) -> QuerySet[Message]:
    """A conversation's messages, to be narrowed and handed to `with_what_shows`."""
    return _shown(Message.objects.filter(conversation=conversation))


def message_shown(message_id: UUID) -> Message:
    """One message with what it shows. Raises Message.DoesNotExist."""
    (found,) = with_what_shows([_shown(Message.objects.all()).get(pk=message_id)])
    return found


def just_written(message: Message) -> Message:
    """A message without files that was stored a moment ago: nothing about it needs to be read again."""
    message.has_files = message.has_reactions = False  # type: ignore[attr-defined]  # as `_shown` annotates it
    _show_none([message], "attachments", Attachment)
    _show_none([message], "reactions", Reaction)
    return message


def thread_page(
    conversation: Conversation, *, before: int | None = None, after: int | None = None, size: int = PAGE
) -> ThreadPage:
    """The newest messages, those before a number (reading back), or those after one (catching up)."""
    messages = messages_of(conversation)
    if after is not None:
        rows = with_what_shows(messages.filter(seq__gt=after).order_by("seq")[: size + 1])
        return ThreadPage(rows[:size], has_earlier=after > 0, has_later=len(rows) > size)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    rows = with_what_shows(messages.order_by("-seq")[: size + 1])
    return ThreadPage(rows[:size][::-1], has_earlier=len(rows) > size, has_later=before is not None)


def messages_for_events(events: Iterable[Event]) -> dict[str, Message]:
    """The messages that events speak of, by id as text, with what each of them shows."""
    ids = {event.data["message"] for event in events}
    if not ids:
        return {}
    found = _shown(Message.objects.filter(id__in=ids).select_related("conversation"))
    return {str(message.pk): message for message in with_what_shows(found)}


def _shown(messages: QuerySet[Message]) -> QuerySet[Message]:
    """With whether there are files and reactions to be read."""
    files = Attachment._base_manager.filter(message=OuterRef("pk"))
    reactions = Reaction._base_manager.filter(message=OuterRef("pk"))
    return messages.select_related("reply_to").annotate(has_files=Exists(files), has_reactions=Exists(reactions))


def with_what_shows(messages: Iterable[Message]) -> list[Message]:
    """The messages with their files and reactions read: a query for each of the two that any of them has, else none."""
    rows = list(messages)
    _fill(rows, "has_files", "attachments", Attachment.objects.order_by("id"))
    _fill(rows, "has_reactions", "reactions", Reaction.objects.all())
    return rows


def _fill(rows: list[Message], flag: str, name: str, shown: QuerySet[Any]) -> None:
    having = [one for one in rows if getattr(one, flag)]
    if having:
        prefetch_related_objects(having, Prefetch(name, shown))
    _show_none([one for one in rows if not getattr(one, flag)], name, shown.model)


def _show_none(rows: list[Message], name: str, model: type[models.Model]) -> None:
    nothing = model._base_manager.none()
    list(nothing)
    for one in rows:
        one.__dict__.setdefault("_prefetched_objects_cache", {})[name] = nothing
