"""A person's second factors: app, recovery codes, passkeys."""

import io
from base64 import b32encode
from urllib.parse import quote, urlencode
from uuid import UUID

import qrcode
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp import login as verify
from qrcode.image.svg import SvgPathFillImage

from accounts.forms.factors import TotpForm, wrong_code
from accounts.forms.personal import PasskeyNameForm
from accounts.freshness import needs_fresh_factor
from accounts.models import Passkey, TotpDevice, User
from accounts.selectors import has_second_factor, passkeys_of, recovery_codes_left, totp_of
from accounts.services import factors, sessions
from accounts.views.entry import CODES, safe_next, too_often
from accounts.views.personal import person
from core.http.throttle import is_throttled

ISSUER = "Chatzee"


@login_required
@never_cache
def overview(request: HttpRequest) -> HttpResponseBase:
    """Which factors the person has, and how to add and remove them."""
    user = person(request)
    context = {
        "app": totp_of(user),
        "passkeys": passkeys_of(user),
        "codes_left": recovery_codes_left(user),
        "is_proven": user.email_verified_at is not None,
    }
    return render(request, "accounts/personal/factors.html", context)


@login_required
@needs_fresh_factor
def add_app(request: HttpRequest) -> HttpResponseBase:
    """Set up an authenticator app: scan, type the code, done. Recovery codes follow."""
    user = person(request)
    if totp_of(user) is not None or user.email_verified_at is None:
        return redirect("accounts:factors")
    if request.method == "POST" and is_throttled(request, "codes", CODES):
        return too_often(request)
    device = factors.begin_totp(user)
    form = TotpForm(request.POST if "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        confirmed = factors.confirm_totp(user, form.cleaned_data["code"])
        if confirmed is not None:
            verify(request, confirmed)
            sessions.mark_fresh(request)
            return _after_first_factor(request, user)
        form.add_error("code", wrong_code())
    secret = b32encode(bytes.fromhex(device.secret)).decode()
    context = {"form": form, "secret": _in_groups(secret), "qr": _qr(_app_url(user, secret)), "next": safe_next(request, "/")}
    return render(request, "accounts/personal/add_app.html", context, status=422 if form.is_bound else 200)


@login_required
@require_POST
@needs_fresh_factor
def remove_app(request: HttpRequest) -> HttpResponseBase:
    """Remove the authenticator app."""
    factors.remove_factor(get_object_or_404(TotpDevice, user=person(request), confirmed=True))
    messages.success(request, _("The authenticator app is removed."))
    return redirect("accounts:factors")


@login_required
@require_POST
@needs_fresh_factor
def recovery_codes(request: HttpRequest) -> HttpResponseBase:
    """New recovery codes, shown this once."""
    user = person(request)
    if not has_second_factor(user):
        return redirect("accounts:factors")
    context = {"codes": factors.make_recovery_codes(user), "next": safe_next(request, "/me/second-factor/")}
    return render(request, "accounts/personal/recovery_codes.html", context)


@login_required
@require_POST
def rename_passkey(request: HttpRequest, passkey: UUID) -> HttpResponseBase:
    """Call a passkey something else."""
    found = get_object_or_404(Passkey, pk=passkey, user=person(request))
    form = PasskeyNameForm(request.POST)
    if form.is_valid():
        factors.name_passkey(found, form.cleaned_data["name"])
    else:
        messages.error(request, _("Give the passkey a name of at most 64 characters."))
    return redirect("accounts:factors")


@login_required
@require_POST
@needs_fresh_factor
def remove_passkey(request: HttpRequest, passkey: UUID) -> HttpResponseBase:
    """Remove a passkey."""
    factors.remove_factor(get_object_or_404(Passkey, pk=passkey, user=person(request)))
    messages.success(request, _("The passkey is removed. You can delete it on your device too."))
    return redirect("accounts:factors")


@login_required
@never_cache
def required(request: HttpRequest) -> HttpResponseBase:
    """Why a workspace stays closed: set up a second factor first, or show the one there is."""
    user = person(request)
    if request.user.is_verified():  # type: ignore[union-attr]  # by django-otp
        return redirect(safe_next(request))
    if has_second_factor(user):
        return _show_factor(request)
    context = {"next": safe_next(request), "is_proven": user.email_verified_at is not None}
    return render(request, "accounts/required_factor.html", context)


@needs_fresh_factor
def _show_factor(request: HttpRequest) -> HttpResponseBase:
    return redirect(safe_next(request))


def _after_first_factor(request: HttpRequest, user: User) -> HttpResponseBase:
    """Show recovery codes to whoever has none yet."""
    messages.success(request, _("Your authenticator app is set up."))
    if recovery_codes_left(user):
        return redirect(safe_next(request, "accounts:factors"))
    context = {"codes": factors.make_recovery_codes(user), "next": safe_next(request, "accounts:factors")}
    return render(request, "accounts/personal/recovery_codes.html", context)


def _app_url(user: User, secret: str) -> str:
    parameters = urlencode({"secret": secret, "issuer": ISSUER, "algorithm": "SHA1", "digits": 6, "period": 30})
    return f"otpauth://totp/{quote(f'{ISSUER}:{user.email}')}?{parameters}"


def _qr(text: str) -> str:
    """A QR code as a data: address, dark on white whatever the theme: cameras want it so."""
    buffer = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathFillImage, border=2).save(buffer)
    return "data:image/svg+xml," + quote(buffer.getvalue())


def _in_groups(secret: str) -> str:
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
