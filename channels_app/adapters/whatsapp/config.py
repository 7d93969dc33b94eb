"""What a company sets for its WhatsApp inbox."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _, gettext_lazy

from channels_app.adapters.meta.config import AppSecretForm, app_secret_field
from channels_app.form_fields import secret_field

_IS_ID = RegexValidator(r"^[0-9]{5,20}$", gettext_lazy("An id is a number of five to twenty digits."))
_IS_PIN = RegexValidator(r"^[0-9]{6}$", gettext_lazy("The PIN has six digits."))


class ConfigForm(AppSecretForm):
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
    token = secret_field(
        gettext_lazy("Access token"),
        gettext_lazy(
            "Business settings, System users: make one, assign it the app and the WhatsApp account with full control, and "
            "generate a token that never expires with whatsapp_business_messaging and whatsapp_business_management."
        ),
        max_length=1000,
    )
    app_secret = app_secret_field()
    pin = secret_field(
        gettext_lazy("Two-step PIN"),
        gettext_lazy("Only for a number that is not registered yet: six digits that you choose, or the ones it has."),
        max_length=6,
        validators=[_IS_PIN],
    )

    def clean_token(self) -> str:
        """The token that was typed, else the one that is kept."""
        return self.kept("token", _("Paste the access token of your system user."))

    def clean_pin(self) -> str:
        """The PIN that was typed, else the one that is kept."""
        return self.kept("pin")
