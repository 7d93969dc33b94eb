"""Reading one encrypted value, in as few steps as Python allows: this runs for every value that a page shows."""

from uuid import UUID

from cryptography.exceptions import InvalidTag

from core.vault import keyring
from core.vault.sealing import HEADER, RowId, unseal

_keys = keyring.HELD


def unsealed(workspace_id: UUID, column: bytes, row_id: RowId, key_id: UUID, sealed: bytes) -> bytes:
    """The plaintext of a value that lies there; `column` comes from :func:`core.vault.sealing.place`.

    Raises DecryptionError when the bytes were changed, moved, cut short, or are of an unknown version, and for a foreign key;
    KeyMissingError, KeyDestroyedError.
    """
    # `unseal` written out for the usual row: calls would cost more than AES. All that is not usual, a key that is not in
    # memory as well as bytes that do not open, is left to `unseal`, which says what is wrong.
    try:
        key = _keys[key_id.int]
        if workspace_id.int == key.owner and sealed.startswith(HEADER):
            row = row_id.int.to_bytes(16)  # type: ignore[union-attr]  # other ids are not usual
            plain: bytes = key.cipher.decrypt(sealed[2:14], sealed[14:], key.head + column + row)  # type: ignore[union-attr]
            return plain
    except (KeyError, AttributeError, InvalidTag, ValueError):
        pass
    return unseal(keyring.usable(key_id), workspace_id, column, row_id, sealed)
