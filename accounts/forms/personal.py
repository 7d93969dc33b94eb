"""A person's own settings."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy

from accounts.forms.entry import EmailField, NewPasswordField, check_new_password
from accounts.models import User
from accounts.models.user import email_index
from core.names import NameField

THEMES = [("system", gettext_lazy("As on this device")), ("light", gettext_lazy("Light")), ("dark", gettext_lazy("Dark"))]


def zones() -> list[tuple[str, str]]:
    """The time zones of places, as choices."""
    named = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in named)]


class ProfileForm(forms.Form):
    """Name, language, time zone and theme."""

    name = NameField(label=gettext_lazy("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones)
    theme = forms.ChoiceField(label=gettext_lazy("Appearance"), choices=THEMES)


class AddressForm(forms.Form):
    """A new e-mail address."""

    email = EmailField(label=gettext_lazy("New e-mail address"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"])
        if email_index(email) == self.user.email_index:
            raise forms.ValidationError(_("This is your address already."))
        return email


class PasswordForm(forms.Form):
    """The old password and a new one."""

    password_now = forms.CharField(
        label=gettext_lazy("Current password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    password = NewPasswordField(label=gettext_lazy("New password"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("password_now") and not self.user.check_password(data["password_now"]):
            self.add_error("password_now", _("This is not your current password."))
        check_new_password(self, "password", self.user)
        return data


class NewPasswordForm(forms.Form):
    """A password in place of a forgotten one."""

    password = NewPasswordField(label=gettext_lazy("New password"))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        check_new_password(self, "password", self.user)
        return self.cleaned_data


class ForgottenForm(forms.Form):
    """The address to which a link is mailed."""

    email = EmailField(label=gettext_lazy("E-mail address"))


class PasskeyNameForm(forms.Form):
    """What its owner calls a passkey."""

    name = NameField(label=gettext_lazy("Name"), max_length=64)
