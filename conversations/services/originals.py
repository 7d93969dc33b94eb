"""Messages as they came: their HTML, and the whole as a stored file."""

import io
import re
from collections.abc import Iterator
from functools import partial

from django.db import transaction

from conversations.models import Message, MessageOriginal
from conversations.normalised import InboundMessage
from core.ids import new_id
from core.vault import storage

PART = "original"
_RICH = re.compile(r"<(img|table|h[1-6]|ul|ol)\b|bgcolor|background", re.IGNORECASE)


def keep(message: Message, event: InboundMessage) -> None:
    """Keep what a message was besides its text, under the message's key."""
    if not event.html and not event.original:
        return
    kept = MessageOriginal(id=new_id(), workspace_id=message.workspace_id, message=message, key_id=message.key_id)
    kept.html, kept.size = event.html, len(event.original)
    if event.original:
        kept.storage_name = storage.store(
            io.BytesIO(event.original),
            workspace_id=kept.workspace_id,
            file_id=storage.file_id(kept.pk, PART),
            key_id=kept.key_id,
        ).name
    kept.save(force_insert=True)


def look_of(html: str) -> str:
    """How much of a message is in its HTML: "rich" where the text alone would lose pictures, tables or colours."""
    if not html:
        return ""
    return "rich" if _RICH.search(html) else "plain"


def read(kept: MessageOriginal) -> Iterator[bytes]:
    """The whole message as it came, in pieces."""
    file_id = storage.file_id(kept.pk, PART)
    return storage.open_stream(kept.storage_name, workspace_id=kept.workspace_id, file_id=file_id, key_id=kept.key_id)


def delete_of(message: Message) -> None:
    """Delete a message's original: its row now, its file after commit."""
    for kept in MessageOriginal.objects.filter(message=message):
        if kept.storage_name:
            transaction.on_commit(partial(storage.delete, kept.storage_name))
        kept.delete()
