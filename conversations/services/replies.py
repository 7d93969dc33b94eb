"""What agents write, and what the AI writes: replies to the contact, notes to each other."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from conversations import outbound
from conversations.models import Conversation, Mention, Message
from conversations.normalised import Person
from conversations.services import attachments, threads
from conversations.services.drafts import discard_draft
from conversations.services.messages import Draft, add_message, message_changed, stored_before
from core.audit import Action, Actor, record
from core.events import publish

MAX_LENGTH = 20_000
MAX_COPIES = 50


@transaction.atomic
def send_reply(
    conversation: Conversation,
    *,
    body: str,
    author: User,
    idempotency_key: UUID,
    uploads: Sequence[UUID] = (),
    reply_to: Message | None = None,
    copies: Mapping[str, Sequence[str]] | None = None,
    data: Mapping[str, Any] | None = None,
) -> Message:
    """Store an agent's reply and queue its delivery; a repeated key returns the first message.

    A reply opens a pending or snoozed conversation; in a resolved one it stays resolved until the contact answers.
    `copies` are addresses for `cc` and `bcc`, `data` is what else the channel carries: `buttons`, `list`, `template`.
    Raises ValidationError, in words for the agent, for an empty or too long text, and for what may not go out.
    """
    draft = Draft(
        kind=Message.Kind.OUTBOUND,
        body=_checked(body, uploads),
        data={**(data or {}), **{name: [[address, ""] for address in found] for name, found in (copies or {}).items() if found}},
        author_user=author,
        reply_to=reply_to,
        idempotency_key=idempotency_key,
        takes_over=True,
        status=Message.Status.QUEUED,
        has_files=bool(uploads),
    )
    outbound.check(Message(conversation=conversation, kind=draft.kind, body=draft.body, data=draft.data, author_user=author))
    message, is_new = _add_once(conversation, draft, uploads, author)
    if is_new:
        if people := [Person(address) for address in (copies or {}).get("cc", ())]:
            threads.add_participants(conversation, people, besides=conversation.identity)
        outbound.queue_delivery(message)
    return message


@transaction.atomic
def add_note(
    conversation: Conversation,
    *,
    body: str,
    author: User,
    idempotency_key: UUID,
    uploads: Sequence[UUID] = (),
    mentioned: Sequence[UUID] = (),
) -> Message:
    """Store a private note; members of the workspace among `mentioned` (user ids) are told."""
    draft = Draft(
        kind=Message.Kind.NOTE,
        body=_checked(body, uploads),
        author_user=author,
        idempotency_key=idempotency_key,
        has_files=bool(uploads),
    )
    message, is_new = _add_once(conversation, draft, uploads, author)
    if is_new:
        members = Membership.objects.filter(user_id__in=mentioned, is_active=True).values_list("user_id", flat=True)
        for user_id in members:
            Mention.objects.create(message=message, user_id=user_id)
            publish(
                "mention.created",
                inbox_id=conversation.inbox_id,
                conversation_id=conversation.pk,
                user=str(user_id),
                by=str(author.pk),
                message=str(message.pk),
            )
    return message


@transaction.atomic
def send_ai_reply(
    conversation: Conversation, *, body: str, idempotency_key: UUID, data: Mapping[str, Any] | None = None
) -> tuple[Message, bool]:
    """Store a reply that the AI wrote and queue its delivery; a repeated key returns the first message, and False.

    It takes nothing over: status and assignment stay. Raises ValidationError, with the code of the channel's refusal, for what
    may not go out; the window that is for people only is closed to it.
    """
    draft = Draft(
        kind=Message.Kind.OUTBOUND,
        body=_checked(body, ()),
        data=dict(data or {}),
        is_ai=True,
        idempotency_key=idempotency_key,
        status=Message.Status.QUEUED,
    )
    outbound.check(Message(conversation=conversation, kind=draft.kind, body=draft.body, data=draft.data, is_ai=True))
    message, is_new = _add_ai_once(conversation, draft)
    if is_new:
        outbound.queue_delivery(message)
    return message, is_new


@transaction.atomic
def add_ai_note(
    conversation: Conversation, *, body: str, idempotency_key: UUID, data: Mapping[str, Any] | None = None
) -> Message:
    """Store a private note that the AI wrote for the company's people; a repeated key returns the first note."""
    draft = Draft(
        kind=Message.Kind.NOTE, body=_checked(body, ()), data=dict(data or {}), is_ai=True, idempotency_key=idempotency_key
    )
    return _add_ai_once(conversation, draft)[0]


@transaction.atomic
def retry_message(message: Message, *, actor: Actor) -> None:
    """Queue a message again that failed, or of which nobody knows whether it arrived. Others are left alone."""
    if message.status not in (Message.Status.FAILED, Message.Status.UNKNOWN):
        return
    message.status, message.error_code = Message.Status.QUEUED, ""
    message.save(update_fields=["status", "error_code"])
    outbound.queue_delivery(message)
    record(Action.MESSAGE_SENT, actor=actor, target=message, retry=True)
    message_changed(message, message.conversation, status=message.status)


def read_addresses(text: str) -> list[str]:
    """The addresses in what an agent typed. Raises ValidationError, in words, for one that is none."""
    found = [one.strip() for one in re.split(r"[,;\s]+", text) if one.strip()]
    if len(found) > MAX_COPIES:
        raise ValidationError(_("A message can go to %(limit)d more people at most.") % {"limit": MAX_COPIES})
    for address in found:
        try:
            validate_email(address)
        except ValidationError:
            raise ValidationError(_("“%(address)s” is no e-mail address.") % {"address": address}) from None
    return list(dict.fromkeys(found))


def _add_once(conversation: Conversation, draft: Draft, uploads: Sequence[UUID], author: User) -> tuple[Message, bool]:
    known = stored_before(conversation, draft)
    if known is not None:
        return known, False
    message = add_message(conversation, draft)
    if uploads:
        attachments.attach_uploads(message, uploads, user=author)
    discard_draft(conversation, user=author, mode=_mode(draft.kind))
    record(Action.MESSAGE_SENT, actor=Actor.user(author.pk), target=message, kind=message.kind)
    return message, True


def _add_ai_once(conversation: Conversation, draft: Draft) -> tuple[Message, bool]:
    known = stored_before(conversation, draft)
    if known is not None:
        return known, False
    message = add_message(conversation, draft)
    record(Action.MESSAGE_SENT, actor=Actor.system(), target=message, kind=message.kind, by="ai")
    return message, True


def _mode(kind: str) -> str:
    return "note" if kind == Message.Kind.NOTE else "reply"


def _checked(body: str, uploads: Sequence[UUID]) -> str:
    text = re.sub(r"\r\n?", "\n", body).replace("\x00", "").strip()
    if not text and not uploads:
        raise ValidationError(_("Write something or attach a file first."))
    if len(text) > MAX_LENGTH:
        raise ValidationError(
            _("This is %(count)d characters too long. Shorten it, or send it in parts.") % {"count": len(text) - MAX_LENGTH}
        )
    return text
