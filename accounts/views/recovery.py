"""What mailed links lead to: new passwords and proven addresses."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.forms.personal import ForgottenForm, NewPasswordForm
from accounts.mailing import mail_later
from accounts.models import AddressChange, User
from accounts.selectors import holder_of_address, memberships_of
from accounts.services import sessions
from accounts.services.passwords import ask_password_reset, reset_password
from accounts.services.sign_up import change_address, prove_address
from accounts.tokens import address_tokens, change_tokens, reset_tokens, user_of
from accounts.views.entry import safe_next, too_often
from core.http.throttle import is_throttled

#: Mails that one address may ask for in a minute.
MAILS = 5


@never_cache
def forgotten(request: HttpRequest) -> HttpResponseBase:
    """Ask for a link that sets a new password; the answer is the same for every address."""
    if request.method == "POST" and is_throttled(request, "forgotten", MAILS):
        return too_often(request)
    form = ForgottenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ask_password_reset(form.cleaned_data["email"])
        return render(request, "accounts/forgotten_sent.html", {"email": form.cleaned_data["email"]})
    return render(request, "accounts/forgotten.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters("password")
def new_password(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """Set a new password by the mailed link; then sign in with it, second factor included."""
    user = user_of(uid)
    if user is None or not reset_tokens.check_token(user, token):
        return _void(request)
    form = NewPasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        reset_password(user, form.cleaned_data["password"])
        logout(request)
        messages.success(request, _("Your new password is set. Sign in with it."))
        return redirect("accounts:sign-in")
    return render(request, "accounts/new_password.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
def address(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """Prove the address of a sign-up by the mailed link, or bring the new workspace into the account it already has."""
    user = user_of(uid)
    if user is None or not address_tokens.check_token(user, token):
        return _void(request)
    holder = holder_of_address(user)
    has_account = holder is not None and holder.email_verified_at is not None
    if request.method == "POST":
        account = prove_address(user)
        if account.pk != user.pk:
            logout(request)
            messages.success(request, _("The workspace is in your account now. Sign in to open it."))
            return redirect("accounts:sign-in")
        messages.success(request, _("Thank you. Your e-mail address is confirmed."))
        return redirect("dashboard:home")
    names = [one.workspace.name for one in memberships_of(user)]
    return render(request, "accounts/address.html", {"has_account": has_account, "names": names})


@login_required
@require_POST
def send_address_mail(request: HttpRequest) -> HttpResponseBase:
    """Mail the link that proves the address again."""
    assert isinstance(request.user, User)
    if is_throttled(request, "address-mail", MAILS):
        return too_often(request)
    mail_later("mail_address_check", request.user.pk)
    messages.success(request, _("We have sent you the link again. It is good for one hour."))
    return redirect(safe_next(request))


@never_cache
def address_change(request: HttpRequest, uid: str, token: str) -> HttpResponseBase:
    """Put a new address in place of the old one by the link that was mailed to it."""
    user = user_of(uid)
    change = AddressChange.objects.filter(user=user).first() if user else None
    if user is None or change is None or not change_tokens.check_token(user, token):
        return _void(request)
    if request.method == "POST":
        current = sessions.current(request) if request.user == user else None
        if change_address(user, keep=current):
            messages.success(request, _("Your e-mail address is changed. Sign in with the new one from now on."))
        else:
            messages.error(request, _("Another account has this address. Yours keeps the old one."))
        return redirect("accounts:profile")
    return render(request, "accounts/address_change.html", {"email": change.email})


def _void(request: HttpRequest) -> HttpResponseBase:
    return render(request, "accounts/void_link.html", status=410)
