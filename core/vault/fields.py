"""The vault's columns, as models import them."""

from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models

from core.vault import keyring
from core.vault.blind import INDEX_BYTES
from core.vault.encrypted_field import EncryptedField, TypedField
from core.vault.encrypted_model import EncryptedModel, KeyIdField, prefetch_keys, rekey
from core.vault.errors import EncryptedFieldError
from core.vault.sealing import RowId, associated, place, seal

__all__ = [
    "BlindIndexField",
    "EncryptedJSONField",
    "EncryptedModel",
    "EncryptedTextField",
    "KeyIdField",
    "encrypt_value",
    "prefetch_keys",
    "rekey",
]


class EncryptedTextField(EncryptedField[str]):
    """Encrypted text, "" by default. `max_length` counts characters of the plaintext and also holds on save."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)
        if self.max_length is not None:
            self.validators.append(MaxLengthValidator(self.max_length))

    def empty(self) -> str:
        return ""

    def encode(self, value: str) -> bytes:
        text = str(value)
        if self.max_length is not None and len(text) > self.max_length:
            raise ValueError(f"{self.model.__name__}.{self.name} holds at most {self.max_length} characters.")
        # Lone surrogates reach us from JSON escapes; they must not cost the whole message.
        return text.encode(errors="replace")

    def decode(self, data: bytes) -> str:
        return data.decode()

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        defaults: dict[str, Any] = {"form_class": forms.CharField, "max_length": self.max_length}
        if self.max_length is None:
            defaults["widget"] = forms.Textarea
        return super().formfield(**{**defaults, **kwargs})


class EncryptedJSONField(EncryptedField[Any]):
    """An encrypted dict (or, with `default=list`, list) of JSON values. Reading gives the default when it is empty."""

    empty_values = [None, "", [], {}]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def empty(self) -> Any:
        return self.default()

    def encode(self, value: Any) -> bytes:
        return orjson.dumps(value)

    def decode(self, data: bytes) -> Any:
        return orjson.loads(data)

    def formfield(self, **kwargs: Any) -> forms.Field | None:
        return super().formfield(**{"form_class": forms.JSONField, "show_hidden_initial": False, **kwargs})


class BlindIndexField(TypedField[bytes | None, bytes | None]):
    """The 16 bytes of :func:`core.vault.blind.blind_index`, or None. Can be indexed, unique and looked up exactly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(null=True, blank=True, editable=False)
        super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name not in {"exact", "in", "isnull"}:
            raise EncryptedFieldError(f"{self.model.__name__}.{self.name} is a blind index: it knows no {lookup_name!r}.")
        return super().get_lookup(lookup_name)

    def from_db_value(self, value: Any, expression: object, connection: object) -> bytes | None:
        return None if value is None else bytes(value)

    def to_python(self, value: Any) -> bytes | None:
        return bytes.fromhex(value) if isinstance(value, str) else value

    def value_to_string(self, obj: models.Model) -> str:
        value: bytes | None = self.value_from_object(obj)
        return "" if value is None else value.hex()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None:
            return None
        if not isinstance(value, bytes) or len(value) != INDEX_BYTES:
            raise EncryptedFieldError(f"{self.model.__name__}.{self.name} takes the {INDEX_BYTES} bytes of blind_index().")
        return connection.Database.Binary(value)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        for forced in ("null", "blank", "editable"):
            del kwargs[forced]
        return name, "core.vault.fields.BlindIndexField", args, kwargs


def encrypt_value(workspace_id: UUID, table: str, column: str, row_id: RowId, key_id: UUID, data: bytes) -> bytes:
    """The bytes to put into an encrypted column by raw SQL or COPY. Text is UTF-8, JSON is its bytes; empty is NULL.

    Its inverse is :func:`core.vault.unsealing.unsealed`. Raises KeyMissingError, KeyDestroyedError.
    """
    key = keyring.usable(key_id)
    return seal(key.cipher, data, associated(key, workspace_id, place(table, column), row_id))
