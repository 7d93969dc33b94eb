"""Rows and bubbles as templates show them: the same for a page and for a live update."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from channels_app.registry import error_words
from channels_app.services.acting import possible
from conversations.models import Conversation, Message
from conversations.selectors.directory import Named
from conversations.selectors.listed import Listed
from dashboard.wording import Names, activity_text

#: Messages of one author within this time form a group with one name and time.
GROUP_WITHIN = timedelta(minutes=5)
_REPLY_MARKS = re.compile(r"^(\s*(re|fwd?|aw|wg|sv|rv|enc|tr)\s*(\[\d+\])?:)+", re.IGNORECASE)


@dataclass(slots=True)
class Row:
    """A conversation in the list."""

    conversation: Conversation | Listed
    inbox: Named | None
    assignee: str
    labels: list[Named]
    is_unread: bool


@dataclass(slots=True)
class Bubble:
    """A message in the thread. `starts_group` shows name and time; `day` is set where a new day begins.

    `acts`: what agents can do with it (`acting.possible`).
    """

    message: Message
    text: str = ""
    name: str = ""
    starts_group: bool = True
    joins_album: bool = False
    day: date | None = None
    error: str = ""
    acts: frozenset[str] = frozenset()
    quoted_name: str = ""
    choices: list[str] = field(default_factory=list)
    story: dict[str, Any] = field(default_factory=dict)
    folds: list[tuple[str, bool]] = field(default_factory=list)
    subject: str = ""
    waiting: list[tuple[Any, str]] = field(default_factory=list)
    images: list[Any] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)


def rows_of(conversations: Iterable[Conversation | Listed], known: Names) -> list[Row]:
    """Conversations as rows, with everything they show already read. Of a live update each browser knows what is unread."""
    # A page asks hundreds of times who and what it is: ids as numbers cost a tenth of what UUIDs and their texts do.
    people = {one.pk.int: one.name for one in known.members}
    inboxes = {one.pk.int: one for one in known.inboxes.values()}
    labels = {one.pk.int: one for one in known.labels.values()}
    rows = []
    for one in conversations:
        assignee = one.assignee_id
        name = people.get(assignee.int, "") if assignee else ""
        named = [labels[label.int] for label in one.label_ids if label.int in labels]
        rows.append(Row(one, inboxes.get(one.inbox_id.int), name, named, isinstance(one, Listed) and one.is_unread))
    return rows


def bubbles_of(
    messages: Iterable[Message], conversation: Conversation, known: Names, *, after: Message | None = None
) -> Iterator[Bubble]:
    """Messages as bubbles, grouped by author and day; `after` is the message that stands before the first."""
    previous = after
    for message in messages:
        bubble = bubble_of(message, conversation, known)
        bubble.starts_group = not (previous and _is_same_group(previous, message))
        bubble.joins_album = bool(
            previous and message.data.get("album") and message.data.get("album") == previous.data.get("album")
        )
        today = timezone.localtime(message.created_at).date()
        if previous is None or timezone.localtime(previous.created_at).date() != today:
            bubble.day, bubble.starts_group = today, True
        yield bubble
        previous = message


def bubble_of(message: Message, conversation: Conversation, known: Names) -> Bubble:
    """One message, with the words it needs."""
    files = [one for one in message.attachments.all() if not one.content_id or message.data.get("html") != "rich"]
    here = [one for one in files if one.storage_name]
    subject = message.data.get("subject", "")
    return Bubble(
        message=message,
        text=activity_text(message, known) if message.kind == Message.Kind.ACTIVITY else "",
        name=_name(message, conversation, known),
        error=_error(message, conversation),
        acts=possible(message, conversation.inbox.channel),
        quoted_name=_name(message.reply_to, conversation, known) if message.reply_to else "",
        folds=_folds(message),
        choices=_choices(message.data),
        story=_story(message.data),
        subject=subject if message.seq == 1 or _bare(subject) != _bare(conversation.subject) else "",
        waiting=[(one, str(error_words(conversation.inbox.channel, one.error_code))) for one in files if not one.storage_name],
        images=[one for one in here if one.is_image and one.preview_name],
        files=[one for one in here if not (one.is_image and one.preview_name)],
    )


def _story(data: Mapping[str, Any]) -> dict[str, Any]:
    """A story that a message is about. Its picture is shown from where the platform has it, until it ends there."""
    story = data.get("story")
    if not isinstance(story, dict):
        return {}
    try:
        is_over = datetime.fromisoformat(str(story.get("expires_at"))) <= timezone.now()
    except ValueError:
        is_over = True
    return {"kind": story.get("kind", ""), "url": "" if is_over else story.get("url", "")}


def _choices(data: Mapping[str, Any]) -> list[str]:
    """What a message lets people choose from, by its labels."""
    rows = data.get("list", {}).get("rows", []) if isinstance(data.get("list"), dict) else data.get("buttons") or []
    flat = [one for row in rows for one in (row if isinstance(row, list) else [row])]
    return [str(one.get("title") or one.get("text") or "") for one in flat if isinstance(one, dict)]


def _folds(message: Message) -> list[tuple[str, bool]]:
    """A text in pieces, with whether each is a quotation or a signature; empty where nothing is folded."""
    pieces, at = [], 0
    for _kind, start, end in message.data.get("quoted", ()):
        pieces += [(message.body[at:start].strip("\n"), False), (message.body[start:end].strip("\n"), True)]
        at = end
    if at:
        pieces.append((message.body[at:].strip("\n"), False))
    return [(text, is_folded) for text, is_folded in pieces if text.strip()]


def _other_author(message: Message, conversation: Conversation) -> str:
    """Who wrote, where that is not the conversation's contact."""
    if message.author_contact_id in (None, conversation.contact_id):
        return ""
    author = message.author_contact
    return author.display_name if author and author.merged_into_id != conversation.contact_id else ""


def _bare(subject: str) -> str:
    """A subject without what mail programs put before it."""
    return _REPLY_MARKS.sub("", subject).strip().casefold()


def _name(message: Message, conversation: Conversation, known: Names) -> str:
    if message.kind == Message.Kind.INBOUND:
        return _other_author(message, conversation) or conversation.display_name
    if message.author_user_id is None:
        return str(message.data.get("ai", {}).get("name", "")) if message.is_ai else ""
    # Who is no member any more is read: one query for all of the page.
    return known.people.get(str(message.author_user_id)) or (message.author_user.name if message.author_user else "")


def _error(message: Message, conversation: Conversation) -> str:
    """What went wrong with a message, or is to be known of it, in the words of its channel's table."""
    return str(error_words(conversation.inbox.channel, message.error_code)) if message.error_code else ""


def _is_same_group(first: Message, second: Message) -> bool:
    return (
        first.kind == second.kind
        and first.author_user_id == second.author_user_id
        and first.author_contact_id == second.author_contact_id
        and second.kind != Message.Kind.ACTIVITY
        and not second.data.get("auth")  # a mail says each time who proves its sender
        and second.created_at - first.created_at < GROUP_WITHIN
    )
