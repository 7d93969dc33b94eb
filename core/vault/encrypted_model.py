"""The mixin of models with encrypted fields: which key a row uses, and how it moves to another."""

import copy
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from pickle import PicklingError
from typing import Any, ClassVar, Self
from uuid import UUID

from django.db import models, transaction
from django.db.models.fetch_modes import FetchMode

from core.tenancy import current_workspace_id
from core.vault import keyring, storage
from core.vault.encrypted_field import (
    EncryptedField,
    Outgoing,
    Seat,
    TypedField,
    current_seat,
    load_keys_of_peers,
    seat_of,
)
from core.vault.errors import EncryptedFieldError, StaleKeyError
from core.vault.sealing import Sealed


class KeyIdField(TypedField[UUID | None, UUID], models.UUIDField):  # type: ignore[type-arg]
    """Id of the key a row's encrypted fields use; filled from the row's `vault_key_id()` when it is first saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(editable=False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: Any, add: bool) -> UUID:
        return current_seat(model_instance).key_id

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        del kwargs["editable"]
        return name, "core.vault.fields.KeyIdField", args, kwargs


class EncryptedModel(models.Model):
    """A model whose encrypted fields all use the key named in `key_id`.

    A new row gets its key from `vault_key_id()`: the workspace's data key, unless the model says otherwise. A save
    that writes encrypted fields checks that the row is still under the key it was loaded with (StaleKeyError), and
    a save after `key_id` changed encrypts all of them anew.
    """

    key_id = KeyIdField()

    #: Columns that name a file of the row's in :mod:`core.vault.storage`, with the `part` of its file id.
    vault_files: ClassVar[Mapping[str, str]] = {}

    class Meta:
        abstract = True

    def __getstate__(self) -> dict[str, Any]:
        """For pickles: opened values are sealed again. An unsaved row cannot be sealed, so it cannot be pickled."""
        state = super().__getstate__()
        for field in self.encrypted_fields():
            value = state.get(field.attname)
            if type(value) is Sealed or value is None or value == field.empty():
                continue
            if self.__dict__.get("key_id") is None or self.pk is None:
                raise PicklingError(f"{type(self).__name__} must be saved before it can be pickled.")
            state[field.attname] = field.sealed_for(self, seat_of(self))
        return state

    def __copy__(self) -> Self:
        return self._copied(models.Model.__getstate__(self))

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self._copied(copy.deepcopy(models.Model.__getstate__(self), memo))

    def vault_workspace_id(self) -> UUID:
        """The workspace whose keys protect this row; PLATFORM for models without one."""
        found: UUID | None = getattr(self, "workspace_id", keyring.PLATFORM)
        return current_workspace_id() if found is None else found

    def vault_key_id(self) -> UUID | None:
        """The key for a new row. None (a parent without a key yet) is refused on save."""
        return keyring.data_key_id(self.vault_workspace_id())

    @property
    def is_erased(self) -> bool:
        """Whether the row's key was destroyed, so that its encrypted fields read as empty."""
        key_id: UUID | None = self.key_id
        if key_id is None:
            return False
        if keyring.cached(key_id) is None:
            load_keys_of_peers(self)
        return keyring.is_destroyed(key_id)

    @classmethod
    def encrypted_fields(cls) -> list[EncryptedField[Any]]:
        """The model's encrypted columns."""
        return [field for field in cls._meta.concrete_fields if isinstance(field, EncryptedField)]

    @classmethod
    def from_db(
        cls,
        db: str | None,
        field_names: Collection[str],
        values: Collection[Any],
        *,
        fetch_mode: FetchMode | None = None,
    ) -> Self:
        new = super().from_db(db, field_names, values, fetch_mode=fetch_mode)
        _remember_seat(new)
        return new

    def refresh_from_db(self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None) -> None:
        """As Django's; encrypted fields are reloaded together with the key they are under."""
        if fields is not None:
            fields = set(fields)
            if fields & {"key_id", *(field.attname for field in self.encrypted_fields())}:
                loaded = {field.attname for field in self.encrypted_fields() if field.attname in self.__dict__}
                fields |= loaded | {"key_id"} | ({"workspace_id"} if hasattr(type(self), "workspace_id") else set())
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        _remember_seat(self)

    def save_base(
        self,
        raw: bool = False,
        force_insert: Any = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """As Django's. A row whose key, id or workspace changed has all its encrypted fields written."""
        seat = current_seat(self)
        if seat_of(self) != seat:
            for field in self.encrypted_fields():
                field.open_or_fail(self)
            if update_fields is not None:
                update_fields = {*update_fields, "key_id", *(field.attname for field in self.encrypted_fields())}
        super().save_base(raw, force_insert, force_update, using, update_fields)
        self._state.vault_seat = seat  # type: ignore[attr-defined]

    def _save_table(self, raw: bool = False, *args: Any, **kwargs: Any) -> Any:
        # A raw save (loading serialised rows) reads attributes instead of asking fields for what to write.
        if not raw:
            return super()._save_table(raw, *args, **kwargs)  # type: ignore[misc]
        self._stage(self.encrypted_fields(), once=False)
        try:
            return super()._save_table(raw, *args, **kwargs)  # type: ignore[misc]
        finally:
            self._unstage()

    def _do_update(
        self,
        base_qs: Any,
        using: str | None,
        pk_val: Any,
        values: Collection[Any],
        update_fields: Iterable[str] | None,
        forced_update: bool,
        returning_fields: Sequence[Any],
    ) -> list[Sequence[Any]]:
        """Write only where the row is still under the key it was loaded with: another key would not open the values."""
        rows = base_qs
        if any(isinstance(value[0], EncryptedField) for value in values):
            rows = base_qs.filter(key_id=seat_of(self).key_id)
        done = super()._do_update(rows, using, pk_val, values, update_fields, forced_update, returning_fields)
        if not done and rows is not base_qs and base_qs.filter(pk=pk_val).exists():
            raise StaleKeyError(f"{type(self).__name__} {pk_val} moved under another key; load it again.")
        return done

    def _prepare_related_fields_for_save(self, operation_name: str, fields: Any = None) -> None:
        # bulk_update() reads attributes instead of asking fields for what to write; this is its only call before.
        super()._prepare_related_fields_for_save(operation_name, fields)  # type: ignore[misc]
        if operation_name == "bulk_update":
            if seat_of(self) != current_seat(self):
                raise EncryptedFieldError(f"{type(self).__name__}: bulk_update() cannot change a key, use rekey().")
            self._stage([field for field in fields if isinstance(field, EncryptedField)], once=True)

    def _stage(self, fields: Iterable[EncryptedField[Any]], *, once: bool) -> None:
        for field in fields:
            sealed = field.sealed_for(self, current_seat(self))
            self.__dict__[field.attname] = Outgoing(sealed, self.__dict__[field.attname], once)

    def _unstage(self) -> None:
        for field in self.encrypted_fields():
            value = self.__dict__.get(field.attname)
            if type(value) is Outgoing:
                self.__dict__[field.attname] = value.value

    def _copied(self, state: dict[str, Any]) -> Self:
        new = type(self).__new__(type(self))
        new.__dict__.update(state)
        return new


def rekey(instance: EncryptedModel, new_key_id: UUID) -> None:
    """Move a row and its files under another key: everything is opened, sealed anew and saved.

    Old files go once the transaction has committed. Raises KeyDestroyedError when the old or the new key is gone,
    StaleKeyError when the row moved meanwhile.
    """
    changed = ["key_id"]
    for column, part in instance.vault_files.items():
        old = getattr(instance, column)
        if old:
            moved = storage.move(
                old,
                workspace_id=instance.vault_workspace_id(),
                file_id=storage.file_id(instance.pk, part),
                key_id=instance.key_id,
                new_key_id=new_key_id,
            )
            setattr(instance, column, moved.name)
            transaction.on_commit(partial(storage.delete, old))
            changed.append(column)
    instance.key_id = new_key_id
    instance.save(update_fields=changed)


def prefetch_keys(rows: Iterable[EncryptedModel]) -> None:
    """Unlock the keys of all `rows` with one query, for rows that were not loaded together."""
    keyring.load({row.key_id for row in rows})


def _remember_seat(instance: EncryptedModel) -> None:
    """Note where the loaded values are sealed, unless that would cost a query (deferred columns)."""
    loaded = instance.__dict__
    if loaded.get("key_id") is None or (hasattr(type(instance), "workspace_id") and "workspace_id" not in loaded):
        instance._state.__dict__.pop("vault_seat", None)
        return
    seat = Seat(instance.vault_workspace_id(), instance.pk, loaded["key_id"])
    instance._state.vault_seat = seat  # type: ignore[attr-defined]
