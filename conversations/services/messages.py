"""Adding messages to conversations: the one place that numbers, encrypts, indexes and announces them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from conversations.models import Contact, Conversation, ConversationLabel, Message
from conversations.services import search_index
from conversations.services.reading import read_event
from core.events import publish, publish_all
from core.events.models import Event
from core.ids import new_id

Kind = Message.Kind
PREVIEW_LENGTH = 160
#: What stands for content without words, in any language.
_SIGNS = {"story": "\N{CAMERA}", "unsupported": "\N{WHITE SQUARE CONTAINING BLACK SMALL SQUARE}"}
#: What a new message reads of its conversation's row and others may have changed since it was loaded.
_COUNTED = ("last_seq", "inbound_seq", "status", "waiting_since", "first_replied_at", "assignee_id", "read_seqs")


@dataclass(slots=True)
class Draft:
    """A message to be added. `author_user` and `author_contact` are exclusive; an activity may have neither.

    A silent one is kept in the thread and changes nothing in the list: it comes from a blocked contact. One that
    `takes_over` opens a pending or snoozed conversation, and gives an unassigned one to its author.
    """

    kind: str
    body: str = ""
    content_type: str = "text"
    data: dict[str, Any] = field(default_factory=dict)
    author_user: User | None = None
    author_contact: Contact | None = None
    is_ai: bool = False
    reply_to: Message | None = None
    idempotency_key: UUID | None = None
    provider_id: str = ""
    provider_index: bytes | None = None
    occurred_at: datetime | None = None
    status: str = Message.Status.NONE
    has_files: bool = False
    is_silent: bool = False
    takes_over: bool = False


def add_message(conversation: Conversation, draft: Draft) -> Message:
    """Append a message to a conversation under its row lock; `seq` follows the order of commits.

    The caller has already looked whether the message is a repetition. The conversation instance is refreshed with
    the counters, preview and times that the message changed.
    """
    return add_messages([(conversation, draft)])[0]


def stored_before(conversation: Conversation, draft: Draft) -> Message | None:
    """What the draft's idempotency key has made already. Under the row lock: two requests at once may bring one key."""
    _lock({conversation.pk: conversation})
    return Message.objects.filter(idempotency_key=draft.idempotency_key).first()


@transaction.atomic(savepoint=False)
def add_messages(entries: Sequence[tuple[Conversation, Draft]]) -> list[Message]:
    """Append messages as `add_message` does, in this order, with as many statements as one alone takes.

    A conversation that is named twice must be the same instance.
    """
    now = timezone.now()
    conversations = {conversation.pk: conversation for conversation, _draft in entries}
    _lock(conversations)
    changed: dict[UUID, set[str]] = {key: set() for key in conversations}
    messages: list[Message] = []
    events: list[Event] = []
    for conversation, draft in entries:
        message = _next_message(conversation, draft, now)
        moved, taken = _advance(conversation, message, now, draft), _taken_over(conversation, draft)
        changed[conversation.pk] |= moved | taken
        messages.append(message)
        events += _events(message, taken)
    Message.objects.bulk_create(messages)
    for key, conversation in conversations.items():
        conversation.save(update_fields=changed[key])
        move_label_links(conversation)
    search_index.index_messages((one, one.conversation) for one in messages if one.body and one.kind != Kind.ACTIVITY)
    publish_all(events)
    return messages


def _next_message(conversation: Conversation, draft: Draft, now: datetime) -> Message:
    return Message(
        id=new_id(),
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        inbox_id=conversation.inbox_id,
        seq=conversation.last_seq + 1,
        kind=draft.kind,
        content_type=draft.content_type,
        author_user=draft.author_user,
        author_contact=draft.author_contact,
        is_ai=draft.is_ai,
        body=draft.body,
        data=draft.data,
        reply_to=draft.reply_to,
        idempotency_key=draft.idempotency_key,
        provider_id=draft.provider_id,
        provider_index=draft.provider_index,
        occurred_at=draft.occurred_at or now,
        status=draft.status,
    )


def _events(message: Message, taken: set[str]) -> list[Event]:
    conversation = message.conversation
    place = {"inbox_id": conversation.inbox_id, "conversation_id": conversation.pk, "contact_id": conversation.contact_id}
    events = [Event(type="message.created", **place, data={"message": str(message.pk), "kind": message.kind, "seq": message.seq})]
    if message.author_user_id is not None and message.kind != Kind.ACTIVITY:
        events.append(read_event(conversation, message.author_user_id, message.seq))
    if taken:
        events.append(Event(type="conversation.changed", **place, data={"fields": sorted(taken)}))
    return events


def _lock(conversations: Mapping[UUID, Conversation]) -> None:
    """Take the conversations' row locks, in one order everywhere, and read what others may have changed meanwhile.

    Not against rows that refer to them: consumers of events store those for many conversations in the order of the events.
    """
    locked = Conversation.objects.select_for_update(no_key=True).filter(pk__in=conversations)
    fresh = locked.order_by("pk").values_list("pk", *_COUNTED)
    for key, *values in fresh:
        for name, value in zip(_COUNTED, values, strict=True):
            setattr(conversations[key], name, value)


def _advance(conversation: Conversation, message: Message, now: datetime, draft: Draft) -> set[str]:
    """Bring a conversation's row up to a new message; return what that changed."""
    changed = {"last_seq"}
    conversation.last_seq = message.seq
    if draft.is_silent:
        return changed
    if message.kind != Kind.ACTIVITY:
        conversation.preview = _preview(message, conversation.subject, has_files=draft.has_files)
        conversation.preview_kind = message.kind
        conversation.last_activity_at = now
        changed |= {"preview", "preview_kind", "last_activity_at"}
    if message.kind == Kind.INBOUND:
        conversation.inbound_seq = message.seq
        conversation.waiting_since = conversation.waiting_since or now
        changed |= {"inbound_seq", "waiting_since"}
    elif message.kind == Kind.OUTBOUND:
        conversation.waiting_since = None
        changed.add("waiting_since")
        if not draft.is_ai:
            conversation.first_replied_at = conversation.first_replied_at or now
            changed.add("first_replied_at")
    if message.author_user_id is not None and message.kind != Kind.ACTIVITY:
        # Who writes has read what stands above.
        conversation.read_seqs = {**conversation.read_seqs, str(message.author_user_id): message.seq}
        changed.add("read_seqs")
    return changed


def _taken_over(conversation: Conversation, draft: Draft) -> set[str]:
    """Let a message take its conversation over, where it does; return the fields that changed."""
    changed: set[str] = set()
    if not draft.takes_over:
        return changed
    if conversation.assignee_id is None and draft.author_user is not None:
        conversation.assignee = draft.author_user
        changed.add("assignee")
    if conversation.status in (Conversation.Status.PENDING, Conversation.Status.SNOOZED):
        conversation.status, conversation.snoozed_until = Conversation.Status.OPEN, None
        changed |= {"status", "snoozed_until"}
    return changed


def move_label_links(conversation: Conversation) -> None:
    """Keep the places of a conversation in its labels' lists after its status or last activity changed."""
    if conversation.label_ids:
        links = ConversationLabel.objects.filter(conversation=conversation)
        links.update(status=conversation.status, last_activity_at=conversation.last_activity_at)


def _preview(message: Message, subject: str, *, has_files: bool) -> str:
    """What the list shows of a message, after the conversation's subject where it has one."""
    text = " ".join(message.body.split()) or ("\N{PAPERCLIP}" if has_files else _SIGNS.get(message.content_type, ""))
    return " \N{EM DASH} ".join(filter(None, (subject, text)))[:PREVIEW_LENGTH]


def add_activity(conversation: Conversation, action: str, *, author: User | None = None, **facts: Any) -> Message:
    """Write down in the thread what happened to a conversation: ids and enums in `facts`, worded when shown."""
    draft = Draft(kind=Kind.ACTIVITY, content_type="activity", data={"action": action, **facts}, author_user=author)
    return add_message(conversation, draft)


def message_changed(message: Message, conversation: Conversation, **facts: Any) -> None:
    """Announce that a message looks different now: edited, deleted, reacted to, or its status moved."""
    publish(
        "message.changed",
        inbox_id=conversation.inbox_id,
        conversation_id=conversation.pk,
        contact_id=conversation.contact_id,
        message=str(message.pk),
        kind=message.kind,
        seq=message.seq,
        **facts,
    )


def conversation_changed(conversation: Conversation, *fields: str, **facts: Any) -> None:
    """Announce that these fields of a conversation have changed."""
    publish(
        "conversation.changed",
        inbox_id=conversation.inbox_id,
        conversation_id=conversation.pk,
        contact_id=conversation.contact_id,
        fields=list(fields),
        **facts,
    )


def rename_contact_in(conversations: Iterable[Conversation], name: str) -> None:
    """Show the contact's name, which conversations repeat, as it is now."""
    for conversation in conversations:
        if conversation.contact_name != name:
            conversation.contact_name = name
            conversation.save(update_fields=["contact_name"])
            conversation_changed(conversation, "contact_name")


def refresh_preview(conversation: Conversation) -> None:
    """Show the newest message that still has words in the list, after one was deleted or edited."""
    shown = Message.objects.filter(conversation=conversation, deleted_at=None).exclude(kind=Kind.ACTIVITY)
    newest = shown.order_by("-seq").first()
    subject = conversation.subject
    conversation.preview = _preview(newest, subject, has_files=newest.attachments.exists()) if newest else subject
    conversation.preview_kind = newest.kind if newest else ""
    conversation.save(update_fields=["preview", "preview_kind"])
