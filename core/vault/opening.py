"""Opening values that were read without their model: for statements written by hand, where instances cost more than the query."""

from typing import Any
from uuid import UUID

from core.vault import keyring
from core.vault.encrypted_field import EncryptedField
from core.vault.sealing import unseal


def open_value[V](field: EncryptedField[V], sealed: bytes | None, *, workspace_id: UUID, row_id: UUID, key_id: UUID) -> V:
    """What `field` would show for this row: empty without a value, and when the key was destroyed.

    The caller has loaded the keys of all its rows at once (`keyring.load`). Raises DecryptionError, KeyMissingError.
    """
    key = keyring.unlocked(key_id)
    if sealed is None or key.cipher is None:
        return field.empty()
    return field.decode(unseal(key, workspace_id, field.place, row_id, bytes(sealed)))


def encrypted_field(model: Any, name: str) -> EncryptedField[Any]:
    """The encrypted field of a model by its name."""
    found = model._meta.get_field(name)
    assert isinstance(found, EncryptedField)
    return found
