"""Texts that a platform approved, to be filled and sent outside the message window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django_stubs_ext import StrOrPromise


@dataclass(frozen=True, slots=True)
class Template:
    """A text that the platform approved. `components` are described in the adapter's own terms, plain JSON."""

    provider_id: str
    name: str
    language: str
    category: str
    status: str
    components: Sequence[Mapping[str, Any]] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A blank of a template. `is_file`: a file of these content types (`accepts`, as of an input field) goes there."""

    name: str
    label: StrOrPromise
    example: str = ""
    is_file: bool = False
    accepts: str = ""


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """A template with its blanks filled: the text that people read, and what `Outgoing.data["template"]` is to hold."""

    text: str
    data: Mapping[str, Any]
