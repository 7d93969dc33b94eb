"""A person's own settings, outside any workspace."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.devices import describe
from accounts.forms.personal import AddressForm, PasswordForm, ProfileForm
from accounts.freshness import needs_fresh_factor
from accounts.models import AddressChange, User, UserSession
from accounts.selectors import memberships_of, sessions_of
from accounts.services import sessions
from accounts.services.passwords import change_password
from accounts.services.profile import change_profile
from accounts.services.sign_up import ask_address_change
from accounts.services.trail import record_everywhere
from accounts.views.entry import too_often
from core.audit import Action
from core.http.throttle import is_throttled


def person(request: HttpRequest) -> User:
    """The signed-in user of a view behind `login_required`."""
    assert isinstance(request.user, User)
    return request.user


@login_required
def profile(request: HttpRequest) -> HttpResponseBase:
    """Name, address, language, time zone and appearance."""
    user = person(request)
    initial = {"name": user.name, "language": user.language or "en", "time_zone": user.time_zone or "UTC", "theme": user.theme}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_profile(user, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    context = {"form": form, "change": AddressChange.objects.filter(user=user).first(), "memberships": memberships_of(user)}
    return render(request, "accounts/personal/profile.html", context, status=422 if form.is_bound else 200)


@login_required
@needs_fresh_factor
def address(request: HttpRequest) -> HttpResponseBase:
    """Change the e-mail address: the new one is mailed a link, and takes over once that is followed."""
    form = AddressForm(person(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        if is_throttled(request, "address-mail", 5):
            return too_often(request)
        ask_address_change(person(request), form.cleaned_data["email"])
        messages.success(request, _("We have mailed a link to the new address. It is good for one hour."))
        return redirect("accounts:profile")
    return render(request, "accounts/personal/address.html", {"form": form}, status=422 if form.is_bound else 200)


@sensitive_post_parameters("password", "password_now")
@login_required
@needs_fresh_factor
def password(request: HttpRequest) -> HttpResponseBase:
    """Change the password; every other session ends."""
    user = person(request)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and is_throttled(request, "confirm", 20):
        return too_often(request)
    if request.method == "POST" and form.is_valid():
        change_password(request, user, form.cleaned_data["password"])
        messages.success(request, _("Your password is changed. You are signed out everywhere else."))
        return redirect("accounts:password")
    return render(request, "accounts/personal/password.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@never_cache
def session_list(request: HttpRequest) -> HttpResponseBase:
    """The browsers in which the person is signed in."""
    current = sessions.current(request)
    rows = [
        {"session": one, "device": describe(one.user_agent), "is_current": current is not None and one.pk == current.pk}
        for one in sessions_of(person(request))
    ]
    rows.sort(key=lambda row: not row["is_current"])
    return render(request, "accounts/personal/sessions.html", {"rows": rows})


@login_required
@require_POST
def session_end(request: HttpRequest, session: UUID) -> HttpResponseBase:
    """End one of the person's other sessions."""
    found = get_object_or_404(UserSession, pk=session, user=person(request))
    sessions.revoke(found)
    record_everywhere(person(request), Action.SESSION_REVOKED, count=1)
    messages.success(request, _("Signed out there."))
    return redirect("accounts:sessions")


@login_required
@require_POST
def other_sessions_end(request: HttpRequest) -> HttpResponseBase:
    """End all sessions of the person but this one."""
    count = sessions.revoke_all(person(request), but=sessions.current(request))
    record_everywhere(person(request), Action.SESSION_REVOKED, count=count)
    messages.success(request, _("You are signed out everywhere else."))
    return redirect("accounts:sessions")
