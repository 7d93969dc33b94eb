"""Names of people and things, as they are kept."""

import re
from typing import Any

from django import forms

#: Signs without width that turn the direction of writing: one in a name would turn what stands around it on every page.
_TURNS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain_name(text: str) -> str:
    """A name without signs that turn the direction of writing, and without blanks around it."""
    return _TURNS.sub("", text).strip()


class NameField(forms.CharField):
    """The field of a form that takes a name."""

    def to_python(self, value: Any) -> Any:
        return plain_name(str(super().to_python(value) or ""))
