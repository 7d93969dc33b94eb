"""Events as agents' browsers are sent them: the same partials that the pages render, and the facts to place them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone, translation

from conversations.models import Contact, Conversation, Inbox, Message
from conversations.selectors.timeline import just_written, messages_for_events
from core.events.models import Event
from core.fragments import fragment
from core.ids import new_id
from dashboard.presenters import Row, bubble_of, rows_of
from dashboard.rows import rows_html
from dashboard.wording import Names, names

_MESSAGES = ("message.created", "message.changed")


class _Batch:
    """What a batch of events needs from the database, read at once."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.names: Names = names()
        self.messages = messages_for_events(event for event in events if event.type in _MESSAGES)
        ids = {event.conversation_id for event in events if event.conversation_id}
        found = list(Conversation.objects.filter(id__in=ids).select_related("inbox"))
        self.conversations = {one.pk: one for one in found}
        self.rows: dict[UUID, Row] = {row.conversation.id: row for row in rows_of(found, self.names)}
        self._html: dict[UUID, str] = {}

    def row_html(self, conversation_id: UUID) -> str:
        """The row of a conversation, rendered once however many events speak of it."""
        if conversation_id not in self._html:
            workspace_id = self.conversations[conversation_id].workspace_id
            self._html[conversation_id] = rows_html([self.rows[conversation_id]], workspace_id).strip()
        return self._html[conversation_id]


def render_events(events: Sequence[Event]) -> dict[UUID, dict[str, Any]]:
    """What each event says to a browser; events that show nothing are left out. In the workspace's scope."""
    batch = _Batch(events)
    rendered = {}
    for event in events:
        say = _SAY.get(event.type)
        said = say(event, batch) if say else None
        if said is not None:
            rendered[event.pk] = said
    return rendered


def warm_up() -> None:
    """Render a message that nobody wrote, in every language, without a query.

    The first rendering of a process loads templates, icons, addresses and translations, which takes most of a second:
    a process that renders for people does this before it serves them.
    """
    moment, place = timezone.now(), {"id": new_id(), "workspace_id": new_id()}
    conversation = Conversation(
        **place, number=1, inbox=Inbox(**place, channel="website"), contact=Contact(**place), last_activity_at=moment
    )
    known = Names()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            rows_html(rows_of([conversation], known), conversation.workspace_id)
            for kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND):
                message = Message(**place, conversation=conversation, kind=kind, seq=1, created_at=moment, occurred_at=moment)
                _bubble_html(just_written(message), conversation, known)


def _message(event: Event, batch: _Batch) -> dict[str, Any] | None:
    message = batch.messages.get(event.data["message"])
    conversation = batch.conversations.get(event.conversation_id) if event.conversation_id else None
    if message is None or conversation is None:
        return None
    return {**_row(conversation, batch), "seq": message.seq, "kind": message.kind, "message": str(message.pk),
            "bubble": _bubble_html(message, conversation, batch.names)}  # fmt: skip


def _bubble_html(message: Message, conversation: Conversation, known: Names) -> str:
    bubble = bubble_of(message, conversation, known)
    context = {"bubbles": [bubble], "conversation": conversation, "workspace_id": conversation.workspace_id}
    return fragment("dashboard/_messages.html", context).strip()


def _conversation(event: Event, batch: _Batch) -> dict[str, Any] | None:
    conversation = batch.conversations.get(event.conversation_id) if event.conversation_id else None
    return _row(conversation, batch) if conversation else None


def _row(conversation: Conversation, batch: _Batch) -> dict[str, Any]:
    facts = _facts(conversation, [str(label.pk) for label in batch.rows[conversation.pk].labels])
    return {"row": batch.row_html(conversation.pk), "facts": facts}


def _facts(one: Conversation, labels: list[str]) -> dict[str, Any]:
    """What the browser needs to tell whether the row belongs into the list it shows, and where."""
    return {
        "id": str(one.pk),
        "number": one.number,
        "status": one.status,
        "assignee": str(one.assignee_id or ""),
        "inbox": str(one.inbox_id),
        "team": str(one.team_id or ""),
        "labels": labels,
        "priority": one.priority,
        "activity": one.last_activity_at.isoformat(),
        "waiting": one.waiting_since.isoformat() if one.waiting_since else "",
        "inbound": one.inbound_seq,
    }


def _read(event: Event, batch: _Batch) -> dict[str, Any] | None:
    return {"conversation": str(event.conversation_id), "seq": event.data["seq"]}


def _receipts(event: Event, batch: _Batch) -> dict[str, Any] | None:
    return {"conversation": str(event.conversation_id), "status": event.data["status"], "seq": event.data["seq"]}


def _contact(event: Event, batch: _Batch) -> dict[str, Any] | None:
    return {"contact": str(event.contact_id)}


def _mention(event: Event, batch: _Batch) -> dict[str, Any] | None:
    conversation = batch.conversations.get(event.conversation_id) if event.conversation_id else None
    if conversation is None:
        return None
    return {"number": conversation.number, "by": batch.names.people.get(event.data["by"], "")}


def _helped(event: Event, batch: _Batch) -> dict[str, Any] | None:
    """The AI has something new to say, of one conversation or (a switch) of many: browsers that show it ask for it."""
    return {"conversation": str(event.conversation_id or ""), "job": event.data.get("assist", "")}


def _moved(event: Event, batch: _Batch) -> dict[str, Any] | None:
    """Something that a page of settings shows has changed: it reads itself anew, for whoever may see it."""
    return {}


_SAY: dict[str, Callable[[Event, _Batch], dict[str, Any] | None]] = {
    "message.created": _message,
    "message.changed": _message,
    "conversation.created": _conversation,
    "conversation.changed": _conversation,
    "conversation.read": _read,
    "receipts.advanced": _receipts,
    "contact.changed": _contact,
    "mention.created": _mention,
    "ai.reading": _helped,
    "ai.proposal": _helped,
    "ai.handed_over": _helped,
    "ai.assist": _helped,
    "ai.switched": _helped,
    **dict.fromkeys(("ai.evaluation", "ai.change", "ai.model_changed", "ai.lesson"), _moved),
}
