"""The base of encrypted columns: sealed on the way to the database, opened on first access."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.core import checks
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from core.vault import keyring
from core.vault.errors import DecryptionError, EncryptedFieldError, KeyDestroyedError, KeyMissingError
from core.vault.sealing import RowId, Sealed, associated, place, seal
from core.vault.unsealing import unsealed

if TYPE_CHECKING:

    class TypedField[S, G](models.Field[S, G]): ...

else:

    class TypedField(models.Field):
        def __class_getitem__(cls, types: object) -> type:
            return cls


#: How many rows loaded together have their keys unlocked together. Far below the size of the keyring's memory.
PEERS = 1000
_SEALED_TEXT = "sealed:"


class Seat(NamedTuple):
    """Where a row's values are sealed: what the associated data says beside the column."""

    workspace_id: UUID
    row_id: RowId
    key_id: UUID


class Outgoing(NamedTuple):
    """A sealed value staged for a writer of Django's that reads attributes, beside what it stands for."""

    sealed: Sealed | None
    value: Any
    once: bool


class EncryptedAttribute(DeferredAttribute):
    """Opens a sealed value when it is first read, and keeps it open on the instance."""

    field: "EncryptedField[Any]"

    def __get__(self, instance: Any, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        data = instance.__dict__
        name = self.field.attname
        value = data.get(name)
        if value is None:  # never stored: deferred
            value = super().__get__(instance, cls)
        kind = type(value)
        if kind is Sealed:
            return self.field.open(instance, value)
        if kind is Outgoing:
            if value.once:
                data[name] = value.value
            return value.sealed
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = self.field.empty() if value is None else value


class EncryptedField[V](TypedField[V | None, V]):
    """A `bytea` column that holds `V` encrypted under the key its row names in `key_id`.

    An empty value is NULL, so `isnull` finds rows without one; it is the only look-up. Once the row's key is destroyed
    the field reads as empty. Wrong keys and moved or changed bytes raise DecryptionError on access.
    """

    descriptor_class = EncryptedAttribute
    empty_values = [None, ""]
    place: bytes

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["null"] = True
        super().__init__(*args, **kwargs)

    def empty(self) -> V:
        raise NotImplementedError

    def encode(self, value: V) -> bytes:
        raise NotImplementedError

    def decode(self, data: bytes) -> V:
        raise NotImplementedError

    def open(self, instance: Any, sealed: Sealed) -> V:
        """The value behind `sealed`, kept on the instance; the empty value when its key was destroyed."""
        workspace_id, row_id, key_id = seat_of(instance)
        if key_id.int not in keyring.HELD:
            load_keys_of_peers(instance)
        try:
            value = self.decode(unsealed(workspace_id, self.place, row_id, key_id, sealed))
        except KeyDestroyedError:
            return self.empty()
        instance.__dict__[self.attname] = value
        return value

    def open_or_fail(self, instance: Any) -> None:
        """Open the value for keeps before its row moves. Raises KeyDestroyedError when it cannot be moved any more."""
        if type(instance.__dict__.get(self.attname)) is Sealed:
            self.open(instance, instance.__dict__[self.attname])
            if type(instance.__dict__[self.attname]) is Sealed:
                raise KeyDestroyedError(f"{self.model.__name__}.{self.name} cannot move: its key was destroyed.")

    def sealed_for(self, instance: Any, seat: Seat) -> Sealed | None:
        """What to write for `instance` at `seat`; bytes that were never opened and stay in place are reused."""
        value = instance.__dict__.get(self.attname)
        if value is None:
            value = getattr(instance, self.attname)
        if type(value) is Outgoing:
            return value.sealed
        if type(value) is Sealed:
            if seat_of(instance) == seat:
                return value
            self.open_or_fail(instance)
            value = instance.__dict__[self.attname]
        if hasattr(value, "resolve_expression"):
            raise EncryptedFieldError(f"{self.model.__name__}.{self.name} is encrypted and takes no SQL expression.")
        if value is None or value == self.empty():
            return None
        key = keyring.usable(seat.key_id)
        binding = associated(key, seat.workspace_id, self.place, seat.row_id)
        return Sealed(seal(key.cipher, self.encode(value), binding))

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self.place = place(cls._meta.db_table, self.column)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return self.sealed_for(model_instance, current_seat(model_instance))

    def from_db_value(self, value: Any, expression: object, connection: BaseDatabaseWrapper) -> Any:
        return self.empty() if value is None else Sealed(value)

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is None or value == self.empty():
            return None
        if not isinstance(value, Sealed):
            raise EncryptedFieldError(
                f"{self.model.__name__}.{self.name} is encrypted with its row: update() cannot write it, save() can."
            )
        return connection.Database.Binary(value)  # type: ignore[attr-defined]  # the driver's module

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise EncryptedFieldError(
                f"{self.model.__name__}.{self.name} is encrypted: only isnull can be asked of it, not {lookup_name!r}. "
                "Exact look-up needs a BlindIndexField beside it."
            )
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> None:
        return None

    def to_python(self, value: Any) -> Any:
        """Read what `value_to_string` wrote; anything else is taken as it is."""
        if isinstance(value, str) and value.startswith(_SEALED_TEXT):
            try:
                return Sealed(b64decode(value.removeprefix(_SEALED_TEXT), validate=True))
            except (Base64Error, ValueError):
                raise DecryptionError(f"{self.model.__name__}.{self.name}: the serialised value is damaged.") from None
        return value

    def value_to_string(self, obj: Any) -> str:
        """Serialised instances hold the encrypted bytes, never the plaintext."""
        sealed = self.sealed_for(obj, seat_of(obj))
        return "" if sealed is None else _SEALED_TEXT + b64encode(sealed).decode()

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        # Not by way of to_python: what a person types is text, whatever it looks like.
        self.validate(value, model_instance)
        self.run_validators(value)
        return value

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, _, args, kwargs = super().deconstruct()
        del kwargs["null"]
        return name, f"core.vault.fields.{type(self).__name__}", args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        found = super().check(**kwargs)
        if not hasattr(self.model, "vault_key_id"):
            found.append(checks.Error("Encrypted fields need an EncryptedModel.", obj=self, id="vault.E001"))
        if self.unique or getattr(self, "db_index", False):
            found.append(checks.Error("An encrypted field cannot be indexed.", obj=self, id="vault.E002"))
        return found


def current_seat(instance: Any) -> Seat:
    """Where the row's values belong now; a new row is given its key here."""
    if instance.key_id is None:
        instance.key_id = instance.vault_key_id()
        if instance.key_id is None:
            raise KeyMissingError(f"{type(instance).__name__} has no key to be encrypted under.")
    if instance.pk is None:
        raise EncryptedFieldError(f"{type(instance).__name__} needs its primary key before its values can be sealed.")
    return Seat(instance.vault_workspace_id(), instance.pk, instance.key_id)


def seat_of(instance: Any) -> Seat:
    """Where the values that the instance was loaded with are sealed."""
    found: Seat | None = instance._state.__dict__.get("vault_seat")
    return current_seat(instance) if found is None else found


def load_keys_of_peers(instance: Any) -> None:
    """Unlock the key of a row and of the rows loaded together with it, in one query."""
    peers = [peer for ref in instance._state.peers if (peer := ref()) is not None]
    if len(peers) > PEERS:
        at = next((index for index, peer in enumerate(peers) if peer is instance), 0)
        start = at - at % PEERS
        peers = peers[start : start + PEERS]
    wanted = {seat_of(instance).key_id}
    for peer in peers:
        key_id = peer.__dict__.get("key_id")
        if key_id is not None:
            wanted.add(key_id)
    keyring.load(wanted)
