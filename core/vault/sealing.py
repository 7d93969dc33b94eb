"""The bytes of an encrypted value: AES-256-GCM, bound to the one place where it may be read.

Layout: version (1) · algorithm (1) · nonce (12) · ciphertext and tag. The associated data is workspace, key id,
`table|column|` and row id, so a value moved to another row, column, table or workspace does not open.
"""

from os import urandom
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.vault.errors import DecryptionError

#: Version 1, algorithm 1 (AES-256-GCM).
HEADER = b"\x01\x01"
NONCE = 12
_BODY = len(HEADER) + NONCE
#: Bytes that sealing adds to a value.
OVERHEAD = _BODY + 16

type RowId = UUID | int | str


def place(table: str, column: str) -> bytes:
    """The part of the associated data that names a column."""
    return f"{table}|{column}|".encode()


def row_bytes(row_id: RowId) -> bytes:
    return row_id.bytes if isinstance(row_id, UUID) else str(row_id).encode()


def binding(workspace_id: UUID, key_id: UUID, column: bytes, row: bytes) -> bytes:
    """The associated data of one value. `column` comes from :func:`place`, `row` from :func:`row_bytes`."""
    return workspace_id.bytes + key_id.bytes + column + row


def seal(cipher: AESGCM, data: bytes, associated: bytes) -> bytes:
    nonce = urandom(NONCE)
    return HEADER + nonce + cipher.encrypt(nonce, data, associated)


def unseal(cipher: AESGCM, sealed: bytes, associated: bytes) -> bytes:
    """The plaintext. Raises DecryptionError when the bytes were changed, moved, or are of an unknown version."""
    if sealed[:2] != HEADER or len(sealed) < OVERHEAD:
        raise DecryptionError("The value is of an unknown version or cut short.")
    try:
        return cipher.decrypt(sealed[2:_BODY], sealed[_BODY:], associated)
    except InvalidTag:
        raise DecryptionError("The value does not open here: another key, another place, or changed bytes.") from None


class Sealed(bytes):
    """An encrypted value as it lies in the database. It shows nothing of itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__
