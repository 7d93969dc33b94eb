"""What the forms of channels' settings are made of, besides Django's own fields."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django_stubs_ext import StrOrPromise


def secret_field(label: StrOrPromise, help_text: StrOrPromise = "", **options: Any) -> forms.CharField:
    """A field whose kept value is never shown again; left empty, that value stays: `SecretsForm.kept`."""
    hidden = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=hidden, **options)


class SecretsForm(forms.Form):
    """A form with secrets, whose kept values are its `initial`."""

    def kept(self, name: str, missing: StrOrPromise = "") -> str:
        """What was typed, else what is kept. Raises ValidationError with the words of `missing` where there is neither."""
        found = str(self.cleaned_data.get(name) or self.initial.get(name) or "")
        if not found and missing:
            raise ValidationError(missing)
        return found


class LinesField(forms.CharField):
    """Short texts, one per line; each once."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})

    def to_python(self, value: Any) -> Any:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return list(dict.fromkeys(self.line(str(one)) for one in lines if str(one).strip()))

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def line(self, text: str) -> str:
        """A line as it is kept. Raises ValidationError."""
        return text.strip()
