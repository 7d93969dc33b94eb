"""Choosing a workspace, making one, and its settings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.forms.workspace import NewWorkspaceForm, WorkspaceForm
from accounts.freshness import needs_fresh_factor
from accounts.permissions import Permission
from accounts.selectors import members, memberships_of, users_with_second_factor
from accounts.services.workspaces import change_workspace, create_workspace, require_second_factor
from accounts.views.entry import too_often
from accounts.views.personal import person
from core.audit import Actor
from core.http.throttle import is_throttled


@login_required
def workspaces(request: HttpRequest) -> HttpResponseBase:
    """The workspaces of the person, as cards."""
    context = {"memberships": memberships_of(person(request)), "last": request.session.get("workspace", "")}
    return render(request, "accounts/workspaces.html", context)


@login_required
def new_workspace(request: HttpRequest) -> HttpResponseBase:
    """One more workspace, owned by the person."""
    user = person(request)
    if request.method == "POST" and is_throttled(request, "new-workspace", 6):
        return too_often(request)
    form = NewWorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        language, time_zone = user.language or "en", user.time_zone or "UTC"
        workspace = create_workspace(name=form.cleaned_data["name"], owner=user, language=language, time_zone=time_zone)
        request.session["workspace"] = str(workspace.pk)
        return redirect("dashboard:home")
    context = {"form": form, "is_first": not memberships_of(user)}
    return render(request, "accounts/new_workspace.html", context, status=422 if form.is_bound else 200)


@workspace_view(Permission.WORKSPACE_MANAGE)
def general(request: WorkspaceRequest) -> HttpResponseBase:
    """The workspace's name, time zone and language."""
    workspace = request.workspace
    initial = {"name": workspace.name, "time_zone": workspace.time_zone, "language": workspace.language}
    form = WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        change_workspace(workspace, **form.cleaned_data, actor=Actor.user(request.user.pk))
        messages.success(request, _("Saved."))
        return redirect("accounts:workspace-settings", workspace.pk)
    return render(request, "accounts/workspace/general.html", {"form": form}, status=422 if form.is_bound else 200)


@workspace_view(Permission.SECURITY_MANAGE)
def security(request: WorkspaceRequest) -> HttpResponseBase:
    """Whether a second factor is required here, and who has one."""
    found = members()
    factors = users_with_second_factor(one.user_id for one in found)
    rows = [(one, one.user_id in factors) for one in found]
    context = {"rows": rows, "without": sum(not has for _one, has in rows), "has_own": request.user.pk in factors}
    return render(request, "accounts/workspace/security.html", context)


@require_POST
@workspace_view(Permission.SECURITY_MANAGE)
@needs_fresh_factor
def enforcement(request: WorkspaceRequest) -> HttpResponseBase:
    """Switch the requirement of a second factor on or off."""
    is_required = request.POST.get("required") == "1"
    try:
        require_second_factor(request.workspace, is_required=is_required, by=request.membership)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        on, off = _("From now on everybody here needs a second factor."), _("A second factor is no longer required.")
        messages.success(request, on if is_required else off)
    return redirect("accounts:security-settings", request.workspace.pk)
