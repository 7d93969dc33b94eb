"""Instances of models from rows that statements written by hand have read.

They go past the model's constructor, which looks at each of the model's columns for each row and takes ten times as long.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from django.db import models
from django.db.models.base import ModelState

from core.vault import keyring
from core.vault.encrypted_field import EncryptedField, Seat
from core.vault.sealing import Sealed


def instance_of[M: models.Model](model: type[M], columns: tuple[str, ...], row: Sequence[Any]) -> M:
    """An instance with `columns` alone, as they stand in `row`; others are read when they are asked for.

    `columns` must hold the primary key `id` and, of a model with encrypted fields, `key_id` and `workspace_id` (of a row of
    the platform's, `key_id` alone). Keys are not unlocked here: whoever reads several rows unlocks theirs together.
    """
    (made,) = instances_of(model, columns, [row])
    return made


def instances_of[M: models.Model](model: type[M], columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> list[M]:
    """The same of several rows."""
    readers, is_sealed, found = _readers(model, columns), "key_id" in columns, []
    for row in rows:
        made = model.__new__(model)
        values = made.__dict__
        values.update(zip(columns, row, strict=True))
        for column, read in readers:
            values[column] = read(values[column])
        values["_state"] = state = ModelState()
        state.adding, state.db, state.fields_cache = False, "default", {}
        if is_sealed:
            seat = Seat(values.get("workspace_id", keyring.PLATFORM), values["id"], values["key_id"])
            state.vault_seat = seat  # type: ignore[attr-defined]  # where the vault looks for it
        found.append(made)
    return found


@cache
def _readers(model: type[models.Model], columns: tuple[str, ...]) -> list[tuple[str, Callable[[Any], Any]]]:
    """The columns that do not come as their fields want them, and what makes them so."""
    found: list[tuple[str, Callable[[Any], Any]]] = []
    for one in model._meta.concrete_fields:
        if one.attname not in columns:
            continue
        if isinstance(one, EncryptedField):
            found.append((one.attname, _sealed(one)))
        elif isinstance(one, models.JSONField):
            found.append((one.attname, orjson.loads))
    return found


def _sealed(field: EncryptedField[Any]) -> Callable[[bytes | None], Any]:
    return lambda value: field.empty() if value is None else Sealed(value)
