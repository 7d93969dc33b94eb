"""Codes and passwords that show who somebody is."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _, gettext_lazy
from django_otp import login as verify
from django_otp.models import Device

from accounts.models import User
from accounts.selectors import has_second_factor, recovery_codes_left, totp_of
from accounts.services.factors import use_code


def wrong_code() -> ValidationError:
    """What is said of a code that does not work, and of one tried too soon after a wrong one."""
    return ValidationError(_("This code does not work. Wait for the next one in your app and type that."))


class CodeForm(forms.Form):
    """A code of the person's app, or one of their recovery codes. `device` is the factor that accepted it."""

    code = forms.CharField(
        label=gettext_lazy("Code"), max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )

    def __init__(self, user: User, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.user = user
        self.device: Device | None = None

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"])
        self.device = use_code(self.user, code)
        if self.device is None:
            raise wrong_code()
        return code


class TotpForm(forms.Form):
    """The first code of an app that is being set up."""

    code = forms.CharField(label=gettext_lazy("Code from the app"), max_length=10)

    def clean_code(self) -> str:
        return str(self.cleaned_data["code"]).replace(" ", "")


class ConfirmForm(forms.Form):
    """The question before something dangerous: a code for those who have a second factor, else the password."""

    confirm_code = forms.CharField(
        label=gettext_lazy("Code from your app, or a recovery code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )
    confirm_password = forms.CharField(
        label=gettext_lazy("Your password"),
        max_length=512,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, data: QueryDict | None = None) -> None:
        super().__init__(data)
        assert isinstance(request.user, User)
        self.request, self.user = request, request.user
        self.has_factor = has_second_factor(self.user)
        self.has_code = self.has_factor and (totp_of(self.user) is not None or recovery_codes_left(self.user) > 0)
        if self.has_factor:
            del self.fields["confirm_password"]
        if not self.has_code:
            del self.fields["confirm_code"]

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.has_factor:
            device = use_code(self.user, data["confirm_code"]) if data.get("confirm_code") else None
            if device is None:
                self.add_error("confirm_code" if self.has_code else None, wrong_code())
            else:
                verify(self.request, device)
        elif data.get("confirm_password") and not self._is_own(data["confirm_password"]):
            self.add_error("confirm_password", _("This is not your password."))
        return data

    def _is_own(self, password: str) -> bool:
        try:
            found = authenticate(self.request, username=self.user.email, password=password)
        except PermissionDenied:
            return False
        return found is not None and found.pk == self.user.pk
