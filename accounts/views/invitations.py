"""Accepting an invitation."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts.forms.workspace import JoinForm
from accounts.models import Invitation, User
from accounts.models.user import email_index
from accounts.selectors import invitation_by_token
from accounts.services import sessions
from accounts.services.invitations import accept, accept_as_new
from accounts.views.entry import too_often
from core.http.throttle import is_throttled


@never_cache
@sensitive_post_parameters("password")
def invitation(request: HttpRequest, token: str) -> HttpResponseBase:
    """Join a workspace by the mailed link: with the account of that address, or with a new one."""
    if is_throttled(request, "invitation", 30):
        return too_often(request)
    found = invitation_by_token(token)
    if found is None:
        return render(request, "accounts/void_invitation.html", status=410)
    context = {"invitation": found, "workspace_name": found.workspace.name}
    if isinstance(request.user, User):
        if request.user.email_index != email_index(found.email):
            return render(request, "accounts/invitation_other.html", context)
        return _join(request, request.user, found) if request.method == "POST" else _ask(request, context)
    holder = User.objects.by_email(found.email)
    if holder is not None and holder.email_verified_at is not None:
        return _ask(request, {**context, "must_sign_in": True})
    form = JoinForm(found.email, request.POST or None)
    if request.method == "POST" and form.is_valid():
        language, time_zone = found.workspace.language, found.workspace.time_zone
        user = accept_as_new(found, **form.cleaned_data, language=language, time_zone=time_zone)
        sessions.sign_in(request, user)
        return _welcome(request, found)
    return render(request, "accounts/invitation_new.html", {**context, "form": form}, status=422 if form.is_bound else 200)


def _ask(request: HttpRequest, context: dict[str, object]) -> HttpResponseBase:
    return render(request, "accounts/invitation.html", context)


def _join(request: HttpRequest, user: User, found: Invitation) -> HttpResponseBase:
    try:
        accept(found, user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("dashboard:home")
    return _welcome(request, found)


def _welcome(request: HttpRequest, found: Invitation) -> HttpResponseBase:
    request.session["workspace"] = str(found.workspace_id)
    messages.success(request, _("Welcome to %(workspace)s.") % {"workspace": found.workspace.name})
    return redirect("dashboard:home")
