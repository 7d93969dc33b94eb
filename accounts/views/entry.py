"""Signing in, signing up and signing out."""

import time
from typing import Any

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.views import RedirectURLMixin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django.views.generic import FormView

from accounts.forms.entry import SignInForm, SignUpForm
from accounts.forms.factors import CodeForm
from accounts.models import User
from accounts.selectors import has_second_factor, passkeys_of, recovery_codes_left, totp_of
from accounts.services import sessions
from accounts.services.sign_up import sign_up as sign_up_user
from accounts.services.trail import record_everywhere
from core.audit import Action
from core.http.throttle import is_throttled

#: Seconds between the password and the second factor.
PENDING_LIFETIME = 10 * 60
PENDING = "pending"

#: Tries per address and minute, whatever the account.
SIGN_INS, SIGN_UPS, CODES = 30, 6, 20


def safe_next(request: HttpRequest, default: str = settings.LOGIN_REDIRECT_URL) -> str:
    """Where the person wanted to go, if that is a page of ours."""
    url = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if allowed else resolve_url(default)


def too_often(request: HttpRequest) -> HttpResponse:
    """What is said after too many tries."""
    return render(request, "429.html", status=429)


def pending_user(request: HttpRequest) -> User | None:
    """Whoever has given their password in this browser and owes the second factor."""
    pending: dict[str, Any] | None = request.session.get(PENDING)
    if pending is None or time.time() - pending["at"] > PENDING_LIFETIME:
        return None
    return User.objects.filter(pk=pending["user"], is_active=True).first()


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(RedirectURLMixin, FormView[SignInForm]):
    """E-mail address and password, then the second factor if there is one, then on to where the person wanted to go."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    next_page = "dashboard:home"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect(self.get_success_url())
        if request.method == "POST" and is_throttled(request, "sign-in", SIGN_INS):
            return too_often(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "next": safe_next(self.request, "/")}

    def form_valid(self, form: SignInForm) -> HttpResponse:
        data = form.cleaned_data
        user = authenticate(self.request, username=data["email"], password=data["password"])
        if not isinstance(user, User):
            form.add_error(None, _("This e-mail address and password do not go together. Check both, or reset the password."))
            return self.form_invalid(form)
        if has_second_factor(user):
            self.request.session.cycle_key()
            self.request.session[PENDING] = {
                "user": str(user.pk),
                "at": time.time(),
                "remember": data["remember"],
                "next": safe_next(self.request),
            }
            return redirect("accounts:second-factor")
        sessions.sign_in(self.request, user, remember=data["remember"])
        return super().form_valid(form)


@never_cache
def second_factor(request: HttpRequest) -> HttpResponseBase:
    """The second step of signing in: a code, a recovery code, or a passkey."""
    user = pending_user(request)
    if user is None:
        return redirect("accounts:sign-in")
    if request.method == "POST" and is_throttled(request, "codes", CODES):
        return too_often(request)
    form = CodeForm(user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        pending = request.session.pop(PENDING)
        sessions.sign_in(request, user, device=form.device, remember=pending["remember"])
        return redirect(pending["next"])
    context = {
        "form": form,
        "has_app": totp_of(user) is not None,
        "passkeys": passkeys_of(user),
        "has_recovery": recovery_codes_left(user) > 0,
        "by_recovery": "recovery" in request.GET or totp_of(user) is None,
    }
    return render(request, "accounts/second_factor.html", context, status=422 if form.is_bound else 200)


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponseBase:
    """A new user with a workspace of their own, signed in at once."""
    if request.user.is_authenticated:
        return redirect("accounts:new-workspace")
    if request.method == "POST" and is_throttled(request, "sign-up", SIGN_UPS):
        return too_often(request)
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user, membership = sign_up_user(**form.cleaned_data)
        sessions.sign_in(request, user)
        request.session["workspace"] = str(membership.workspace_id)
        return redirect("dashboard:home")
    return render(request, "accounts/sign_up.html", {"form": form}, status=422 if form.is_bound else 200)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End this session."""
    if isinstance(request.user, User):
        record_everywhere(request.user, Action.SIGNED_OUT)
        sessions.forget(request)
    logout(request)
    return redirect("accounts:sign-in")
