"""Choosing a workspace, making one, and its settings."""

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy

from accounts.access import WorkspaceRequest, workspace_view
from accounts.models import User
from accounts.permissions import Permission
from accounts.selectors import memberships_of
from accounts.services.workspaces import create_workspace


class NewWorkspaceForm(forms.Form):
    """A company's name."""

    name = forms.CharField(label=gettext_lazy("Company"), max_length=80)


@login_required
def workspaces(request: HttpRequest) -> HttpResponseBase:
    """The workspaces of the person."""
    assert isinstance(request.user, User)
    return render(request, "accounts/workspaces.html", {"memberships": memberships_of(request.user)})


@login_required
def new_workspace(request: HttpRequest) -> HttpResponseBase:
    """One more workspace, owned by the person."""
    assert isinstance(request.user, User)
    form = NewWorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = request.user
        workspace = create_workspace(
            name=form.cleaned_data["name"], owner=user, language=user.language or "en", time_zone=user.time_zone or "UTC"
        )
        request.session["workspace"] = str(workspace.pk)
        return redirect("dashboard:home")
    return render(request, "accounts/new_workspace.html", {"form": form})


@workspace_view(Permission.WORKSPACE_MANAGE)
def general(request: WorkspaceRequest) -> HttpResponseBase:
    """The workspace's name, time zone and language."""
    return render(request, "accounts/workspace/general.html")


@workspace_view(Permission.SECURITY_MANAGE)
def security(request: WorkspaceRequest) -> HttpResponseBase:
    """What signing in to this workspace takes."""
    return render(request, "accounts/workspace/security.html")


@workspace_view(Permission.MEMBERS_VIEW)
def members(request: WorkspaceRequest) -> HttpResponseBase:
    """Who belongs to the workspace."""
    return render(request, "accounts/workspace/members.html")


@workspace_view(Permission.TEAMS_MANAGE)
def teams(request: WorkspaceRequest) -> HttpResponseBase:
    """Groups of members."""
    return render(request, "accounts/workspace/teams.html")
