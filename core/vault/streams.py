"""Encrypted files: AES-256-GCM in segments, so that any size streams in constant memory and any range opens alone.

Layout: header (40 bytes: magic, version, algorithm, 2 zero bytes, key id, salt), then segments of 64 KiB of plaintext,
each with its 16-byte tag. The file's own key is derived from the key, the salt, the workspace and the file id; a
segment's nonce is its number and whether it is the last one (the STREAM construction), so segments that were
reordered, swapped between files, dropped or cut off do not open. A file always has a last segment, if an empty one.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.vault.cache import UnlockedKey
from core.vault.errors import DecryptionError

SEGMENT = 64 * 1024
TAG = 16
_LAYOUT = struct.Struct(">4sBB2x16s16s")
_MAGIC = b"CHZF"
_VERSION = _ALGORITHM = 1
HEADER = _LAYOUT.size


@dataclass(frozen=True, slots=True)
class Header:
    """The clear first bytes of an encrypted file; every segment is bound to them."""

    raw: bytes
    key_id: UUID
    salt: bytes


def read_header(raw: bytes) -> Header:
    """Raises DecryptionError when `raw` does not begin an encrypted file of a known version."""
    if len(raw) != HEADER:
        raise DecryptionError("The file is cut short.")
    magic, version, algorithm, key_id, salt = _LAYOUT.unpack(raw)
    if (magic, version, algorithm) != (_MAGIC, _VERSION, _ALGORITHM):
        raise DecryptionError("The file is of an unknown version.")
    return Header(raw, UUID(bytes=key_id), salt)


def plain_size(stored: int) -> int:
    """How many bytes an encrypted file of `stored` bytes holds. Raises DecryptionError for an impossible size."""
    body = stored - HEADER
    segments = -(-body // (SEGMENT + TAG))
    size = body - segments * TAG
    if body < TAG or size < 0:
        raise DecryptionError("The file is cut short.")
    return size


def encrypted(chunks: Iterable[bytes], *, key: UnlockedKey, file_id: str) -> Iterator[bytes]:
    """The bytes to store for the plaintext `chunks`, a header and then one segment at a time."""
    salt = os.urandom(16)
    header = Header(_LAYOUT.pack(_MAGIC, _VERSION, _ALGORITHM, key.id.bytes, salt), key.id, salt)
    cipher = _file_cipher(key, header, file_id)
    yield header.raw
    number = 0
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        # A full segment waits for one more byte: only then is it known not to be the last.
        while len(pending) > SEGMENT:
            yield cipher.encrypt(_nonce(number, last=False), bytes(pending[:SEGMENT]), header.raw)
            del pending[:SEGMENT]
            number += 1
    yield cipher.encrypt(_nonce(number, last=True), bytes(pending), header.raw)


@dataclass(frozen=True, slots=True)
class Window:
    """The stored bytes to read for plaintext `start` (inclusive) to `end` (exclusive) of a file of `size` bytes."""

    start: int
    end: int
    size: int

    @property
    def first(self) -> int:
        return self.start // SEGMENT

    @property
    def final(self) -> int:
        """Number of the file's last segment."""
        return max(0, (self.size - 1) // SEGMENT)

    @property
    def stored(self) -> tuple[int, int]:
        """Offsets of the stored bytes, start inclusive and end exclusive."""
        last = max(self.start, self.end - 1) // SEGMENT
        stop = min((last + 1) * (SEGMENT + TAG), self.size + (self.final + 1) * TAG)
        return HEADER + self.first * (SEGMENT + TAG), HEADER + stop


def decrypted(chunks: Iterable[bytes], *, window: Window, header: Header, key: UnlockedKey, file_id: str) -> Iterator[bytes]:
    """The plaintext of `window` from its stored bytes. Raises DecryptionError at the first segment that was changed."""
    cipher = _file_cipher(key, header, file_id)
    number = window.first
    for segment in _segments(chunks):
        try:
            plain = cipher.decrypt(_nonce(number, last=number == window.final), segment, header.raw)
        except InvalidTag:
            raise DecryptionError("A part of the file does not open: changed, moved or cut short.") from None
        at = number * SEGMENT
        part = plain[max(0, window.start - at) : window.end - at]
        if part:
            yield part
        number += 1
    if number * SEGMENT < window.end:
        raise DecryptionError("The file is cut short.")


def _segments(chunks: Iterable[bytes]) -> Iterator[bytes]:
    pending = bytearray()
    for chunk in chunks:
        pending += chunk
        while len(pending) >= SEGMENT + TAG:
            yield bytes(pending[: SEGMENT + TAG])
            del pending[: SEGMENT + TAG]
    if pending:
        yield bytes(pending)


def _file_cipher(key: UnlockedKey, header: Header, file_id: str) -> AESGCM:
    info = b"chatzee file|" + key.head + file_id.encode()
    return AESGCM(HKDF(SHA256(), 32, salt=header.salt, info=info).derive(key.secret))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + (b"\x01" if last else b"\x00")
