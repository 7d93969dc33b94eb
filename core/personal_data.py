"""The personal-data registry: every field of every model says what it holds, for whom, why, how long, and what becomes
of it on export and erasure. Export, erasure, retention and the record of processing are generated from it.

Each app declares its models in its `personal_data.py`; a test fails for a field that nobody declared.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.apps import apps
from django.db import models


class Category(StrEnum):
    """What kind of data a field holds."""

    IDENTIFIER = "identifier"  # singles a person out: address, handle, device
    CONTENT = "content"  # what people wrote or sent
    PROFILE = "profile"  # name, language, preferences, attributes
    BEHAVIOUR = "behaviour"  # what a person did and when
    SECRET = "secret"  # noqa: S105  # a category: credentials and key material
    BUSINESS = "business"  # the company's own settings and names
    TECHNICAL = "technical"  # ids, counters, states, times without a person behind them


class Subject(StrEnum):
    """Whose data it is."""

    CONTACT = "contact"
    USER = "user"
    WORKSPACE = "workspace"
    NONE = "none"


class Erase(StrEnum):
    """What erasure of the subject does to the field."""

    ROW = "row"  # goes with its row
    KEY = "key"  # unreadable once the subject's key is destroyed, and goes with its row
    CLEAR = "clear"  # emptied, the row stays
    KEEP = "keep"  # holds nothing of the person


class Retention(StrEnum):
    """Which clock decides when the row expires."""

    CONVERSATION = "conversation"  # the plan's retention after last activity
    ACCOUNT = "account"  # as long as the account or workspace lives
    SECURITY = "security"  # the audit and security trail
    TRANSIENT = "transient"  # dropped by itself within 30 days


@dataclass(frozen=True, slots=True)
class Declared:
    """What one field holds and what becomes of it."""

    category: Category
    export: bool
    erase: Erase


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one model is for, and its fields."""

    model: type[models.Model]
    subject: Subject
    purpose: str
    retention: Retention
    fields: dict[str, Declared]


_registry: dict[type[models.Model], Declaration] = {}

type Fields = dict[str, Declared]


def fields(names: str | Iterable[str], category: Category, *, export: bool = True, erase: Erase = Erase.KEY) -> Fields:
    """The same declaration for several fields, given as a list or as one string with spaces."""
    each = names.split() if isinstance(names, str) else names
    return {name: Declared(category, export, erase) for name in each}


def technical(names: str) -> Fields:
    """Ids, counters, states and times: not exported, gone with the row."""
    return fields(names, Category.TECHNICAL, export=False, erase=Erase.ROW)


def declare(model: type[models.Model], *, subject: Subject, purpose: str, retention: Retention, fields: Fields) -> None:
    """Declare every concrete field of a model. An unknown field name raises at once; a missing one fails the test."""
    known = {field.name for field in model._meta.get_fields() if getattr(field, "concrete", False)}
    unknown = sorted(set(fields) - known)
    if unknown:
        raise ValueError(f"{model._meta.label} has no field {', '.join(unknown)}")
    _registry[model] = Declaration(model, subject, purpose, retention, fields)


def declarations() -> dict[type[models.Model], Declaration]:
    """What has been declared so far, by model."""
    return dict(_registry)


def undeclared() -> list[str]:
    """`app.Model.field` of every concrete field that nobody declared."""
    missing = []
    for model in apps.get_models(include_auto_created=True):
        declared = _registry[model].fields if model in _registry else {}
        concrete = (field.name for field in model._meta.get_fields() if getattr(field, "concrete", False))
        missing += [f"{model._meta.label}.{name}" for name in concrete if name not in declared]
    return missing
