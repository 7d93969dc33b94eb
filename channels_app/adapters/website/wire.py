"""Messages as the widget reads them."""

from collections.abc import Iterable
from typing import Any

from django.core import signing
from django.urls import reverse

from chatzee.env import env
from conversations.models import Attachment, Conversation, Message

#: Kinds that a visitor may see. Notes and activities never leave the company.
PUBLIC = (Message.Kind.INBOUND, Message.Kind.OUTBOUND)
FILE_SECONDS = 3600
_SALT = "website.file"


def seen_seq(conversation: Conversation) -> int:
    """Up to which message anybody of the company has read."""
    return max((int(seq) for seq in conversation.read_seqs.values()), default=0)


def message_json(message: Message, *, seen: int) -> dict[str, Any]:
    """One public message, in the shape of the protocol; `seen` is how far the company has read."""
    is_visitor = message.kind == Message.Kind.INBOUND
    name = "" if is_visitor else _author_name(message)
    status = message.status if message.status in ("delivered", "read", "failed") else "sent"
    if is_visitor:
        status = "read" if message.seq <= seen else "sent"
    return {
        "id": str(message.pk),
        "client_id": message.provider_id if is_visitor else None,
        "seq": message.seq,
        "from": "visitor" if is_visitor else "ai" if message.is_ai else "agent",
        "name": name,
        "initials": initials(name),
        "text": message.body,
        "attachments": [file_json(one) for one in message.attachments.all()],
        "at": message.created_at.isoformat(),
        "edited": message.edited_at is not None,
        "deleted": message.deleted_at is not None,
        "reply_to": _quoted(message.reply_to) if message.reply_to else None,
        "reactions": [
            {"emoji": one.emoji, "by": "visitor" if one.author_contact_id else "agent"} for one in message.reactions.all()
        ],
        "status": status,
        "sources": _sources(message),
    }


def file_json(attachment: Attachment) -> dict[str, Any]:
    """A file with links that work for an hour, for whoever holds them."""
    return {
        "id": str(attachment.pk),
        "name": attachment.name,
        "type": attachment.content_type,
        "size": attachment.size,
        "is_image": attachment.is_image,
        "width": attachment.width,
        "height": attachment.height,
        "url": _link(attachment, ""),
        "preview_url": _link(attachment, "preview") if attachment.preview_name else "",
    }


def read_link(signed: str) -> tuple[str, str, str]:
    """Workspace id, attachment id and part behind a file link. Raises signing.BadSignature."""
    workspace_id, attachment_id, part = signing.loads(signed, salt=_SALT, max_age=FILE_SECONDS)
    return workspace_id, attachment_id, part


def initials(name: str) -> str:
    """Up to two letters that stand for a name."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


def page_json(messages: Iterable[Message], conversation: Conversation | None) -> list[dict[str, Any]]:
    """Several messages of a conversation."""
    seen = seen_seq(conversation) if conversation else 0
    return [message_json(message, seen=seen) for message in messages]


def _sources(message: Message) -> list[dict[str, str]]:
    """Where an AI's answer comes from: titles and addresses that the visitor may open."""
    found = message.data.get("ai", {}).get("sources", ()) if message.is_ai else ()
    return [{"title": str(one["title"]), "url": str(one["url"])} for one in found if one.get("url")]


def _author_name(message: Message) -> str:
    if message.is_ai:
        return str(message.data.get("ai", {}).get("name", ""))
    return message.author_user.get_short_name() if message.author_user else ""


def _quoted(message: Message) -> dict[str, Any]:
    who = "visitor" if message.kind == Message.Kind.INBOUND else "agent"
    return {"id": str(message.pk), "text": message.body[:200], "from": who, "name": _author_name(message)}


def _link(attachment: Attachment, part: str) -> str:
    signed = signing.dumps([str(attachment.workspace_id), str(attachment.pk), part], salt=_SALT)
    return f"{env.public_url}{reverse('widget:file', args=[signed])}"
