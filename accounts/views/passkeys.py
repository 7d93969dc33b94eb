"""The ceremonies of passkeys, spoken by static/js/accounts/passkeys.js: begin, let the device sign, complete."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django_otp import login as verify
from django_otp_webauthn.exceptions import NotVerified, OTPWebAuthnApiError
from django_otp_webauthn.views import (
    BeginCredentialAuthenticationView,
    BeginCredentialRegistrationView,
    CompleteCredentialAuthenticationView,
    CompleteCredentialRegistrationView,
)

from accounts.devices import describe
from accounts.freshness import is_fresh
from accounts.models import Passkey, User
from accounts.services import factors, sessions
from accounts.views.entry import CODES, PENDING, pending_user, safe_next
from core.http.throttle import is_throttled


class _TooOftenError(OTPWebAuthnApiError):
    status_code = 429
    default_code = "too_often"

    def __init__(self) -> None:
        super().__init__(detail=_("Too many tries. Wait a minute and try again."))


def _throttle(request: HttpRequest) -> None:
    if is_throttled(request, "passkeys", CODES):
        raise _TooOftenError


class _Registration:
    """Whoever adds a passkey has just shown who they are, and owns their address."""

    request: HttpRequest

    def check_can_register(self) -> None:
        _throttle(self.request)
        user = self.request.user
        assert isinstance(user, User)
        if user.email_verified_at is None:
            raise NotVerified(detail=_("Confirm your e-mail address first: the link is in your mailbox."))
        if not is_fresh(self.request):
            raise NotVerified(detail=_("Show who you are again: reload the page and try once more."))


class BeginRegistration(_Registration, BeginCredentialRegistrationView):
    """What the device needs to make a passkey."""


class CompleteRegistration(_Registration, CompleteCredentialRegistrationView):
    """The new passkey, named after the browser it was made in until its owner says otherwise."""

    def post(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().post(*args, **kwargs)
        user = self.request.user
        assert isinstance(user, User)
        found = Passkey.objects.filter(user=user).latest("created_at")
        factors.added_passkey(found, describe(self.request.META.get("HTTP_USER_AGENT", ""))["label"])
        sessions.mark_fresh(self.request)
        return answer


class _Authentication:
    """For whoever is signed in, owes the second factor, or is not known yet."""

    request: HttpRequest

    def check_can_authenticate(self) -> None:
        _throttle(self.request)

    def get_user(self) -> User | None:
        user = self.request.user
        return user if isinstance(user, User) else pending_user(self.request)


class BeginAuthentication(_Authentication, BeginCredentialAuthenticationView):
    """What the device needs to sign with a passkey."""


class CompleteAuthentication(_Authentication, CompleteCredentialAuthenticationView):
    """Signs the owner of the passkey in; for somebody signed in it is a fresh second factor."""

    def complete_auth(self, device: Passkey) -> None:
        if self.request.user.is_authenticated:
            verify(self.request, device)
            sessions.mark_fresh(self.request)
            return
        pending = self.request.session.pop(PENDING, None) or {}
        self.next = pending.get("next")
        sessions.sign_in(self.request, device.user, device=device, remember=pending.get("remember", True))

    def get_success_url(self) -> str:
        return getattr(self, "next", None) or safe_next(self.request)
