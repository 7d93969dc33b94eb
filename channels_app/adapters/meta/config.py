"""What a company sets for an inbox that stands on an access token and an app's secret."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

from chatzee.env import env


def _secret(label: Any, help_text: Any, **options: Any) -> forms.CharField:
    """A field whose kept value is never shown again."""
    hidden = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=hidden, **options)


class AccessForm(forms.Form):
    """An access token and its app's secret. What is left empty stays as it is."""

    token = _secret(
        gettext_lazy("Access token"),
        gettext_lazy(
            "In your app: the page access token of a system user or of a page's administrator that does not expire. "
            "On Instagram's own log-in: the account's token."
        ),
        max_length=1000,
    )
    app_secret = _secret(
        gettext_lazy("App secret"),
        gettext_lazy("In your app: App settings, Basic. It proves that messages come from Meta."),
        max_length=64,
    )

    def clean_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        return self._kept("token", _("Paste the access token."))

    def clean_app_secret(self) -> str:
        """The secret that was typed, else the one that is kept. An inbox of this server's own app has none."""
        is_operators = self._has_operators_app() and bool(self.initial.get("token")) and not self.initial.get("app_secret")
        return self._kept("app_secret", "" if is_operators else _("Paste the app's secret: without it nothing can be received."))

    def _has_operators_app(self) -> bool:
        return bool(env.meta_app_id)

    def _kept(self, name: str, missing: str) -> str:
        found = str(self.cleaned_data.get(name) or "").strip() or str(self.initial.get(name) or "")
        if not found and missing:
            raise ValidationError(missing)
        return found
