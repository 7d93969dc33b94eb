"""Signing in and signing up."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.names import NameField
from core.vault.blind import canonical_email


class EmailField(forms.EmailField):
    """An address that can be looked up: what Django accepts and our index cannot read is refused in the same words."""

    widget = forms.EmailInput(attrs={"autocomplete": "username", "inputmode": "email"})

    def clean(self, value: Any) -> str:
        email = str(super().clean(value))
        if email:
            try:
                canonical_email(email)
            except ValueError:
                raise ValidationError(self.default_error_messages["invalid"], code="invalid") from None
        return email


class SignInForm(forms.Form):
    """E-mail address and password; `remember` keeps the session for 14 days, else it ends with the browser."""

    email = EmailField(label=_("E-mail address"))
    password = forms.CharField(
        label=_("Password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    remember = forms.BooleanField(label=_("Keep me signed in for 14 days"), required=False, initial=True)


class NewPasswordField(forms.CharField):
    """A password to be. Its rules are checked by the form, which knows whose it is."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Password"))
        kwargs.setdefault("help_text", _("At least 10 characters. A few unrelated words make a good one."))
        super().__init__(
            strip=False, max_length=128, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), **kwargs
        )


def check_new_password(form: forms.Form, field: str, user: User) -> None:
    """Add what is wrong with the new password in `field` to the form."""
    password = form.cleaned_data.get(field)
    if password:
        try:
            password_validation.validate_password(password, user)
        except ValidationError as error:
            form.add_error(field, error)


class SignUpForm(forms.Form):
    """A new person and their company; the time zone and language come from the browser."""

    name = NameField(label=_("Your name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = EmailField(label=_("Work e-mail address"))
    company = NameField(label=_("Company"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "organization"}))
    password = NewPasswordField()
    time_zone = forms.CharField(required=False, widget=forms.HiddenInput)
    language = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_time_zone(self) -> str:
        name = str(self.cleaned_data["time_zone"])
        return name if name in zoneinfo.available_timezones() else "UTC"

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"])[:2].lower()
        return language if language in dict(settings.LANGUAGES) else "en"

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        check_new_password(self, "password", User(name=data.get("name", ""), email=data.get("email", "")))
        return data
