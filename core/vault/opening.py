"""Opening values that were read without their model: for statements written by hand, where instances cost more than the query."""

from typing import Any
from uuid import UUID

from core.vault.encrypted_field import EncryptedField
from core.vault.errors import KeyDestroyedError
from core.vault.unsealing import unsealed


def open_value[V](field: EncryptedField[V], sealed: bytes | None, *, workspace_id: UUID, row_id: UUID, key_id: UUID) -> V:
    """What `field` would show for this row: empty without a value, and when the key was destroyed.

    The caller has loaded the keys of all its rows at once (`keyring.load`). Raises DecryptionError, KeyMissingError.
    """
    if sealed is None:
        return field.empty()
    try:
        return field.decode(unsealed(workspace_id, field.place, row_id, key_id, bytes(sealed)))
    except KeyDestroyedError:
        return field.empty()


def encrypted_field(model: Any, name: str) -> EncryptedField[Any]:
    """The encrypted field of a model by its name."""
    found = model._meta.get_field(name)
    assert isinstance(found, EncryptedField)
    return found
