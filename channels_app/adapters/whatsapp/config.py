"""What a company sets for its WhatsApp inbox."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _, gettext_lazy

from chatzee.env import env

_IS_ID = RegexValidator(r"^[0-9]{5,20}$", gettext_lazy("An id is a number of five to twenty digits."))
_IS_PIN = RegexValidator(r"^[0-9]{6}$", gettext_lazy("The PIN has six digits."))


def _secret(label: Any, help_text: Any, **options: Any) -> forms.CharField:
    """A field whose kept value is never shown again."""
    hidden = forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    return forms.CharField(label=label, help_text=help_text, required=False, widget=hidden, **options)


class ConfigForm(forms.Form):
    """The settings of a WhatsApp inbox. A secret that is left empty stays as it is."""

    phone_number_id = forms.CharField(
        label=gettext_lazy("Phone number ID"),
        max_length=20,
        validators=[_IS_ID],
        help_text=gettext_lazy("In your app at developers.facebook.com: WhatsApp, API Setup. It is not the number itself."),
    )
    waba_id = forms.CharField(
        label=gettext_lazy("WhatsApp Business Account ID"),
        max_length=20,
        validators=[_IS_ID],
        help_text=gettext_lazy("On the same page, next to the phone number ID."),
    )
    token = _secret(
        gettext_lazy("Access token"),
        gettext_lazy(
            "Business settings, System users: make one, assign it the app and the WhatsApp account with full control, and "
            "generate a token that never expires with whatsapp_business_messaging and whatsapp_business_management."
        ),
        max_length=1000,
    )
    app_secret = _secret(
        gettext_lazy("App secret"),
        gettext_lazy("In your app: App settings, Basic. It proves that messages come from Meta."),
        max_length=64,
    )
    pin = _secret(
        gettext_lazy("Two-step PIN"),
        gettext_lazy("Only for a number that is not registered yet: six digits that you choose, or the ones it has."),
        max_length=6,
        validators=[_IS_PIN],
    )

    def clean_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        return self._kept("token", _("Paste the access token of your system user."))

    def clean_app_secret(self) -> str:
        """The secret that was typed, else the one that is kept. An inbox of this server's own app has none."""
        is_operators = bool(env.meta_app_id) and bool(self.initial.get("token")) and not self.initial.get("app_secret")
        return self._kept("app_secret", "" if is_operators else _("Paste the app's secret: without it nothing can be received."))

    def clean_pin(self) -> str:
        """The PIN that was typed, else the one that is kept."""
        return self._kept("pin", "")

    def _kept(self, name: str, missing: str) -> str:
        found = str(self.cleaned_data.get(name) or "").strip() or str(self.initial.get(name) or "")
        if not found and missing:
            raise ValidationError(missing)
        return found
