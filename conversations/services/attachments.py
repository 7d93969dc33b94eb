"""Files of messages: taken in, sniffed, encrypted, previewed, moved under their message's key, deleted."""

import io
from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext, gettext as _

from accounts.models import User
from conversations.files import MAX_SIZE, clean_name, is_program, preview_of, sniff
from conversations.models import Attachment, Inbox, Message
from conversations.normalised import InlineFile, RemoteFile
from conversations.services.messages import message_changed
from core.ids import new_id
from core.tenancy import crossing, current_workspace_id, scope
from core.vault import keyring, storage
from core.vault.blind import blind_index

PREVIEW = "preview"
#: An upload that joined no message within this time is dropped.
UNUSED_FOR = timedelta(days=1)


def uploader_index(uploader: str) -> bytes:
    """The blind index of the holder of a channel's token, such as a visitor id."""
    return blind_index("attachment.uploader", uploader)


def store_upload(
    content: bytes, *, name: str, user: User | None = None, uploader: str = "", inbox: Inbox | None = None
) -> Attachment:
    """Take a file in before its message. Raises ValidationError, in words, for an empty or too large one."""
    if not content:
        raise ValidationError(_("This file is empty. Choose another one."), code="empty")
    if len(content) > MAX_SIZE:
        limit = MAX_SIZE // (1024 * 1024)
        raise ValidationError(_("Files may have at most %(limit)d MB.") % {"limit": limit}, code="too_large")
    if is_program(content, name):
        raise ValidationError(_("Programs cannot be sent. Put it into a zip file with a password."), code="program")
    workspace_id = current_workspace_id()
    attachment = Attachment(
        id=new_id(),
        workspace_id=workspace_id,
        key_id=keyring.data_key_id(workspace_id),
        inbox=inbox,
        uploader=user,
        uploader_index=uploader_index(uploader) if uploader else None,
        name=clean_name(name),
    )
    _fill(attachment, content, name)
    attachment.save(force_insert=True)
    return attachment


def attach_uploads(message: Message, ids: Sequence[UUID], *, uploader: str = "", user: User | None = None) -> None:
    """Give a message the files that its author uploaded; ids of others' files are ignored."""
    waiting = Attachment.objects.select_for_update().filter(id__in=ids, message=None)
    own = waiting.filter(uploader=user) if user else waiting.filter(uploader_index=uploader_index(uploader))
    for attachment in own:
        _move_under(attachment, message.key_id)
        attachment.message, attachment.state = message, Attachment.State.ATTACHED
        attachment.save()


def attach_files(message: Message, files: Sequence[InlineFile | RemoteFile]) -> None:
    """Give a message the files that came with it, and note those that the platform keeps."""
    for file in files:
        if isinstance(file, RemoteFile):
            attach_remote(message, file)
        else:
            attach_given(message, file)


def attach_given(message: Message, file: InlineFile) -> Attachment:
    """Keep a file that came inside a message. Whatever it is, it is kept: it is sniffed, and never run in a page."""
    attachment = _of_message(message, clean_name(file.name))
    attachment.content_id = file.content_id[:255]
    _fill(attachment, file.content, file.name)
    attachment.save(force_insert=True)
    return attachment


def attach_remote(message: Message, file: RemoteFile) -> Attachment:
    """Note a file that the platform keeps; a worker fetches it."""
    attachment = _of_message(message, clean_name(file.name or gettext("File")))
    attachment.state, attachment.source, attachment.next_attempt_at = Attachment.State.WAITING, file.reference, timezone.now()
    attachment.content_type, attachment.size = file.content_type[:100], file.size
    attachment.save(force_insert=True)
    return attachment


@transaction.atomic
def fetched(attachment: Attachment, content: bytes) -> None:
    """Take in the bytes of a file that waited for them, and show it."""
    _fill(attachment, content, attachment.name)
    attachment.state, attachment.next_attempt_at, attachment.error_code = Attachment.State.ATTACHED, None, ""
    attachment.save()
    _changed(attachment)


@transaction.atomic
def given_up(attachment: Attachment, code: str) -> None:
    """Say that a file cannot be fetched any more."""
    attachment.state, attachment.next_attempt_at, attachment.error_code = Attachment.State.MISSING, None, code[:64]
    attachment.save(update_fields=["state", "next_attempt_at", "error_code"])
    _changed(attachment)


def _changed(attachment: Attachment) -> None:
    if attachment.message is not None:
        message_changed(attachment.message, attachment.message.conversation)


def _of_message(message: Message, name: str) -> Attachment:
    return Attachment(
        id=new_id(),
        workspace_id=message.workspace_id,
        key_id=message.key_id,
        message=message,
        inbox_id=message.inbox_id,
        state=Attachment.State.ATTACHED,
        name=name,
    )


def _fill(attachment: Attachment, content: bytes, name: str) -> None:
    """Store a file's bytes under its row's key, with its type, size and preview."""
    attachment.content_type, attachment.size = sniff(content, name), len(content)
    attachment.storage_name = _store(attachment, "", content)
    preview = preview_of(content, attachment.content_type)
    if preview is not None:
        attachment.width, attachment.height = preview.width, preview.height
        attachment.preview_name = _store(attachment, PREVIEW, preview.content)


def read(attachment: Attachment, *, preview: bool = False, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The decrypted bytes of a file (or its preview) from `start` to before `end`, in pieces."""
    return storage.open_stream(
        attachment.preview_name if preview else attachment.storage_name,
        workspace_id=attachment.workspace_id,
        file_id=storage.file_id(attachment.pk, PREVIEW if preview else ""),
        key_id=attachment.key_id,
        start=start,
        end=end,
    )


def delete_of(message: Message) -> None:
    """Delete a message's files and their rows."""
    _delete(Attachment.objects.filter(message=message))


def drop_unused() -> int:
    """Delete uploads that never joined a message, in all workspaces; return how many. For the beat."""
    with crossing("find uploads that nobody sent"):
        old = Attachment.objects.filter(message=None, created_at__lt=timezone.now() - UNUSED_FOR)
        workspaces = list(old.values_list("workspace_id", flat=True).distinct())
    count = 0
    for workspace_id in workspaces:
        with scope(workspace_id):
            count += _delete(Attachment.objects.filter(message=None, created_at__lt=timezone.now() - UNUSED_FOR))
    return count


def _delete(attachments: QuerySet[Attachment]) -> int:
    """Rows now, files after commit: a rolled-back transaction must not have lost its files."""
    found = list(attachments)
    for attachment in found:
        for name in filter(None, (attachment.storage_name, attachment.preview_name)):
            transaction.on_commit(partial(storage.delete, name))
    attachments.filter(id__in=[one.pk for one in found]).delete()
    return len(found)


def _move_under(attachment: Attachment, key_id: UUID) -> None:
    """Encrypt a file anew under its message's key, so that destroying that key takes the file along."""
    if attachment.key_id == key_id:
        return
    attachment.storage_name = _moved(attachment, attachment.storage_name, "", key_id)
    if attachment.preview_name:
        attachment.preview_name = _moved(attachment, attachment.preview_name, PREVIEW, key_id)
    attachment.key_id = key_id


def _moved(attachment: Attachment, name: str, part: str, key_id: UUID) -> str:
    transaction.on_commit(partial(storage.delete, name))
    stored = storage.move(
        name,
        workspace_id=attachment.workspace_id,
        file_id=storage.file_id(attachment.pk, part),
        key_id=attachment.key_id,
        new_key_id=key_id,
    )
    return stored.name


def _store(attachment: Attachment, part: str, content: bytes) -> str:
    stored = storage.store(
        io.BytesIO(content),
        workspace_id=attachment.workspace_id,
        file_id=storage.file_id(attachment.pk, part),
        key_id=attachment.key_id,
    )
    return stored.name
