"""The bytes of an encrypted value: AES-256-GCM, bound to the one place where it may be read.

Layout: version (1) · algorithm (1) · nonce (12) · ciphertext and tag. The associated data is workspace, key id,
`table|column|` and row id, so a value moved to another row, column, table or workspace does not open.
"""

from functools import cache
from os import urandom
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.vault.cache import UnlockedKey
from core.vault.errors import DecryptionError

#: Version 1, algorithm 1 (AES-256-GCM).
HEADER = b"\x01\x01"
NONCE = 12
#: Bytes that sealing adds to a value.
OVERHEAD = len(HEADER) + NONCE + 16

type RowId = UUID | int | str


@cache
def place(table: str, column: str) -> bytes:
    """The part of the associated data that names a column."""
    return f"{table}|{column}|".encode()


def associated(key: UnlockedKey, workspace_id: UUID, column: bytes, row_id: RowId) -> bytes:
    """The associated data of one value; `column` comes from :func:`place`. Raises DecryptionError for a foreign key."""
    if workspace_id.int != key.owner:
        raise DecryptionError(f"Key {key.id} belongs to another workspace.")
    return key.head + column + (row_id.int.to_bytes(16) if type(row_id) is UUID else str(row_id).encode())


def seal(cipher: AESGCM, data: bytes, binding: bytes) -> bytes:
    """`data` encrypted; it opens only with the same `binding`."""
    nonce = urandom(NONCE)
    return HEADER + nonce + cipher.encrypt(nonce, data, binding)


def unseal(key: UnlockedKey, workspace_id: UUID, column: bytes, row_id: RowId, sealed: bytes) -> bytes:
    """The plaintext of a value that lies there; `column` comes from :func:`place`, the key was not destroyed.

    Raises DecryptionError when the bytes were changed, moved, cut short, or are of an unknown version, and for a foreign key.
    """
    # In one function, with the associated data composed here: this runs for every value, and calls cost more than AES.
    if sealed[:2] != HEADER:
        raise DecryptionError("The value is of an unknown version.")
    if workspace_id.int != key.owner:
        raise DecryptionError(f"Key {key.id} belongs to another workspace.")
    row = row_id.int.to_bytes(16) if type(row_id) is UUID else str(row_id).encode()
    cipher: AESGCM = key.cipher  # type: ignore[assignment]  # a cast would be a call for every value
    try:
        return cipher.decrypt(sealed[2:14], sealed[14:], key.head + column + row)
    except (InvalidTag, ValueError):
        raise DecryptionError("The value does not open here: another key, another place, or changed bytes.") from None


class Sealed(bytes):
    """An encrypted value as it lies in the database. It shows nothing of itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "<sealed>"

    __str__ = __repr__
