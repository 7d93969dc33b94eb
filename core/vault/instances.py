"""Instances of models from rows that statements written by hand have read.

They go past the model's constructor, which looks at each of the model's columns for each row and takes ten times as long.
"""

from collections.abc import Callable, Sequence
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
    values = dict(zip(columns, row, strict=True))
    for column, read in _readers(model, columns):
        values[column] = read(values[column])
    made: Any = model.__new__(model)
    made.__dict__.update(values)
    made._state = ModelState()
    made._state.adding, made._state.db = False, "default"
    if "key_id" in values:
        made._state.vault_seat = Seat(values.get("workspace_id", keyring.PLATFORM), values["id"], values["key_id"])
    found: M = made
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
