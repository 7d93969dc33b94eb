"""Files, encrypted on their way to the disk or bucket and decrypted on their way out, in constant memory.

A file is bound to its workspace, its key and a file id (for a row's file, :func:`file_id`), so it opens nowhere else.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import IO, Any, Protocol, cast
from uuid import UUID

from django.core.files.base import File
from django.core.files.storage import Storage

from core.tenancy import current_workspace_id
from core.vault import keyring
from core.vault.blobs import blobs, new_name
from core.vault.cache import UsableKey
from core.vault.errors import DecryptionError
from core.vault.streams import HEADER, SEGMENT, Window, decrypted, encrypted, plain_size, read_header

type Source = Readable | Iterable[bytes]


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it was stored: its opaque name, to be kept in its row, and the size of its content in bytes."""

    name: str
    size: int


def file_id(row_id: UUID, part: str = "") -> str:
    """The id to bind a row's file to; `part` tells a row's several files apart ("preview")."""
    return f"{row_id}/{part}" if part else str(row_id)


def store(source: Source, *, workspace_id: UUID, file_id: str | UUID, key_id: UUID) -> StoredFile:
    """Encrypt and store `source` (a file, or chunks of bytes) under a fresh name.

    On return it is durable. Raises KeyMissingError, KeyDestroyedError, DecryptionError for a foreign key.
    """
    return _store(new_name(), source, workspace_id=workspace_id, file_id=str(file_id), key_id=key_id)


def open_stream(
    name: str, *, workspace_id: UUID, file_id: str | UUID, key_id: UUID, start: int = 0, end: int | None = None
) -> Iterator[bytes]:
    """The content from byte `start` to before `end` (the whole by default), in pieces of up to 64 KiB.

    What can be checked at once is (FileNotFoundError, KeyMissingError, KeyDestroyedError, DecryptionError, ValueError
    for a range outside the file); each piece is checked before it is handed out, so a DecryptionError may follow.
    """
    raw, stored = blobs().head(name, HEADER)
    header = read_header(raw)
    key = _key(workspace_id, key_id)
    if header.key_id != key_id:
        raise DecryptionError("The file is under another key.")
    size = plain_size(stored)
    window = Window(start, size if end is None else end, size)
    if not 0 <= window.start <= window.end <= size:
        raise ValueError(f"The file has {size} bytes.")
    chunks = blobs().read(name, *window.stored)
    return decrypted(chunks, window=window, header=header, key=key, file_id=str(file_id))


def size_of(name: str) -> int:
    """The size of a stored file's content. Raises FileNotFoundError."""
    return plain_size(blobs().head(name, HEADER)[1])


def move(name: str, *, workspace_id: UUID, file_id: str | UUID, key_id: UUID, new_key_id: UUID) -> StoredFile:
    """Copy a file under another key and a fresh name. The caller deletes the old one once its row has committed.

    It is encrypted anew, not wrapped anew: else whoever has an old backup of the header could open it for ever.
    """
    content = open_stream(name, workspace_id=workspace_id, file_id=file_id, key_id=key_id)
    return store(content, workspace_id=workspace_id, file_id=file_id, key_id=new_key_id)


def delete(name: str) -> None:
    """Remove a stored file; one that is gone already is no error."""
    blobs().delete(name)


class EncryptedStorage(Storage):
    """Django's file storage over the same files, under the data key of the workspace in scope.

    Names given by callers are dropped for opaque ones. There are no URLs: views stream files to those who may see them.
    """

    def _save(self, name: str, content: "File[Any]") -> str:
        workspace_id = current_workspace_id()
        opaque = new_name()
        key_id = keyring.data_key_id(workspace_id)
        return _store(opaque, content.chunks(), workspace_id=workspace_id, file_id=opaque, key_id=key_id).name

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError("Stored files are only ever read.")
        return File(cast(IO[bytes], _Content(name, current_workspace_id())), name)

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        return name

    def delete(self, name: str) -> None:
        delete(name)

    def exists(self, name: str) -> bool:
        try:
            blobs().head(name, HEADER)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        return size_of(name)


class _Content(io.RawIOBase):
    """A stored file as a seekable one; each read opens the segments it needs."""

    def __init__(self, name: str, workspace_id: UUID) -> None:
        self._name = name
        self._workspace_id = workspace_id
        raw, stored = blobs().head(name, HEADER)
        self._key_id = read_header(raw).key_id
        self._size = plain_size(stored)
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        start = min(self._at, self._size)
        stop = self._size if size is None or size < 0 else min(self._size, start + size)
        pieces = open_stream(
            self._name,
            workspace_id=self._workspace_id,
            file_id=self._name,
            key_id=self._key_id,
            start=start,
            end=stop,
        )
        data = b"".join(pieces)
        self._at = start + len(data)
        return data


def _store(name: str, source: Source, *, workspace_id: UUID, file_id: str, key_id: UUID) -> StoredFile:
    chunks = iter(partial(source.read, SEGMENT), b"") if hasattr(source, "read") else source
    written = blobs().write(name, encrypted(chunks, key=_key(workspace_id, key_id), file_id=file_id))
    return StoredFile(name, plain_size(written))


def _key(workspace_id: UUID, key_id: UUID) -> UsableKey:
    key = keyring.usable(key_id)
    if key.workspace_id != workspace_id:
        raise DecryptionError(f"Key {key_id} belongs to another workspace.")
    return key
