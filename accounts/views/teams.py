"""Teams of a workspace."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.access import WorkspaceRequest, workspace_view
from accounts.forms.workspace import TeamForm
from accounts.models import Team, TeamMember
from accounts.permissions import Permission
from accounts.selectors import teams
from accounts.services.teams import change_team, create_team, delete_team


@workspace_view(Permission.TEAMS_MANAGE)
def team_list(request: WorkspaceRequest) -> HttpResponseBase:
    """The teams with their people, and a form for one more."""
    form = TeamForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        create_team(form.cleaned_data["name"], user_ids=form.cleaned_data["people"], by=request.membership)
        return redirect("accounts:teams", request.workspace.pk)
    context = {"teams": teams(), "form": form}
    return render(request, "accounts/workspace/teams.html", context, status=422 if form.is_bound else 200)


@workspace_view(Permission.TEAMS_MANAGE)
def team(request: WorkspaceRequest, team: UUID) -> HttpResponseBase:
    """One team: its name and people, and (`delete`) its end."""
    found = get_object_or_404(Team, pk=team)
    if request.method == "POST" and "delete" in request.POST:
        delete_team(found, by=request.membership)
        messages.success(request, _("The team is deleted."))
        return redirect("accounts:teams", request.workspace.pk)
    people = list(TeamMember.objects.filter(team=found).values_list("user_id", flat=True))
    form = TeamForm(request.POST or None, team=found, initial={"name": found.name, "people": people})
    if request.method == "POST" and form.is_valid():
        change_team(found, name=form.cleaned_data["name"], user_ids=form.cleaned_data["people"], by=request.membership)
        messages.success(request, _("Saved."))
        return redirect("accounts:teams", request.workspace.pk)
    return render(request, "accounts/workspace/team.html", {"team": found, "form": form}, status=422 if form.is_bound else 200)
