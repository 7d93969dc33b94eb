"""A fresh second factor before what is dangerous."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect

from accounts.forms.factors import ConfirmForm
from accounts.models import User
from accounts.selectors import has_second_factor, passkeys_of
from accounts.services import sessions
from core.http.throttle import is_throttled

LIFETIME = timedelta(minutes=5)
#: Tries of codes and passwords per address and minute.
TRIES = 20

#: Fields of the question itself, and of what is never sent back into a page.
_OWN = ("confirm_code", "confirm_password", "confirm_method", "csrfmiddlewaretoken")


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has shown who they are within LIFETIME, with their second factor if they have one."""
    assert isinstance(request.user, User)
    moment = sessions.fresh_at(request)
    if moment is None or timezone.now() - moment > LIFETIME:
        return False
    return bool(request.user.is_verified()) or not has_second_factor(request.user)  # type: ignore[attr-defined]  # by django-otp


def needs_fresh_factor[**P, R: HttpResponseBase](view: Callable[P, R]) -> Callable[P, HttpResponseBase]:
    """Ask for the second factor (the password where there is none) before the view, unless that was just done.

    The question stands in the view's place and carries what was sent, so nothing typed is lost; passwords alone are
    not carried. It goes inside `workspace_view` or `login_required`.
    """

    @wraps(view)
    def inside(*args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        request: Any = args[0]
        came_by_get = request.POST.get("confirm_method") == "get"
        if not is_fresh(request):
            form = ConfirmForm(request, request.POST if "confirm_method" in request.POST else None)
            if form.is_bound and is_throttled(request, "confirm", TRIES):
                return render(request, "429.html", status=429)
            if not form.is_valid():
                return _question(request, form, "get" if came_by_get else request.method.lower())
            sessions.mark_fresh(request)
        if request.method == "POST" and came_by_get:
            return HttpResponseRedirect(request.get_full_path())
        return view(*args, **kwargs)

    return never_cache(inside)


def _question(request: HttpRequest, form: ConfirmForm, method: str) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponseClientRedirect(request.htmx.current_url_abs_path or request.get_full_path())  # type: ignore[attr-defined]
    assert isinstance(request.user, User)
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name not in _OWN and not name.startswith("password")
    ]
    context = {"form": form, "carried": carried, "method": method, "passkeys": passkeys_of(request.user)}
    return render(request, "accounts/confirm.html", context, status=422 if form.is_bound else 200)
