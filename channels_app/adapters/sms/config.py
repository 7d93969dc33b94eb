"""What a company sets for its SMS inbox."""

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.form_fields import SecretsForm, secret_field


class ConfigForm(SecretsForm):
    """The settings of an SMS inbox. A secret that is left empty stays as it is."""

    account_sid = forms.CharField(
        label=gettext_lazy("Account SID"),
        max_length=34,
        validators=[RegexValidator(r"^AC[0-9a-fA-F]{32}$", gettext_lazy("An account SID is AC and 32 letters and digits."))],
        help_text=gettext_lazy("On the first page of console.twilio.com, under Account info."),
    )
    auth_token = secret_field(
        gettext_lazy("Auth token"),
        gettext_lazy("Below the account SID. It proves that messages come from Twilio."),
        max_length=200,
    )
    sender = forms.CharField(
        label=gettext_lazy("Number or messaging service"),
        max_length=34,
        help_text=gettext_lazy("Your Twilio number, such as +15551234567, or the SID of a messaging service (MG…)."),
    )
    api_key = forms.CharField(
        label=gettext_lazy("API key SID"),
        required=False,
        max_length=34,
        help_text=gettext_lazy(
            "Better than the token for sending, because it can be withdrawn alone: Account, API keys. May stay empty."
        ),
    )
    api_secret = secret_field(
        gettext_lazy("API key secret"),
        gettext_lazy("Twilio shows it once, when the key is made."),
        max_length=200,
    )
    shared_key = secret_field(
        gettext_lazy("Shared key for webhooks"),
        gettext_lazy("Only if your account signs its webhooks with a shared key (SHA-256). May stay empty."),
        max_length=200,
    )

    def clean_sender(self) -> str:
        """A number in its international form, or a service's SID."""
        given = str(self.cleaned_data["sender"]).strip()
        if given.startswith("MG"):
            if len(given) != 34:
                raise ValidationError(_("A messaging service's SID is MG and 32 letters and digits."))
            return given
        try:
            number = phonenumbers.parse(given, None)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError(_("Write the number with its country, such as +15551234567."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def clean_auth_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        return self.kept("auth_token", _("Paste the account's auth token: without it nothing can be received."))

    def clean_api_secret(self) -> str:
        """The secret that was typed, else the one that is kept."""
        missing = _("Paste the key's secret, or leave both empty.") if self.cleaned_data.get("api_key") else ""
        return self.kept("api_secret", missing)

    def clean_shared_key(self) -> str:
        """The key that was typed, else the one that is kept."""
        return self.kept("shared_key")
