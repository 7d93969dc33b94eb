"""The state of a conversation: status, assignment, team, priority, labels. Each is a noun that is put in place."""

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.models import Team, User
from accounts.permissions import Permission
from conversations.models import Conversation, Label
from conversations.selectors.conversations import assignable_users
from conversations.services import state
from dashboard.answers import done, wrong
from dashboard.filters import uuid_or_none
from dashboard.views.lists import visible

Status = Conversation.Status


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def status(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Resolve, reopen, set pending, or snooze until a time."""
    conversation = visible(request, number)
    before = conversation.status
    wanted = request.POST.get("status") or request.GET.get("undo", "")
    if wanted not in Status.values:
        return wrong(_("Choose a status."))
    until = _until(request.POST.get("until", "")) if wanted == Status.SNOOZED else None
    try:
        changed = state.set_status(conversation, wanted, by=request.user, until=until)
    except ValidationError as error:
        return wrong(error)
    if not changed:
        return done()
    undo = f"{request.path}?undo={before}" if before in (Status.OPEN, Status.PENDING) else ""
    return done(_SAID[Status(wanted)](), undo_url=undo)


_SAID = {
    Status.RESOLVED: lambda: _("Resolved"),
    Status.OPEN: lambda: _("Open again"),
    Status.PENDING: lambda: _("Set to pending"),
    Status.SNOOZED: lambda: _("Snoozed"),
}


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def assignment(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Give the conversation to a member, or to nobody."""
    conversation = visible(request, number)
    reference = request.POST.get("assignee", "")
    assignee: User | None = None
    if reference:
        assignee = get_object_or_404(assignable_users(), pk=uuid_or_none(reference))
    try:
        state.assign(conversation, assignee, by=request.user)
    except ValidationError as error:
        return wrong(error)
    return done(_("Assigned to %(name)s") % {"name": assignee.name} if assignee else _("No longer assigned"))


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def team(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Give the conversation to a team, or to none."""
    conversation = visible(request, number)
    reference = request.POST.get("team", "")
    chosen = get_object_or_404(Team.objects.all(), pk=uuid_or_none(reference)) if reference else None
    state.set_team(conversation, chosen, by=request.user)
    return done()


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def priority(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Set the priority."""
    conversation = visible(request, number)
    value = request.POST.get("priority", "")
    if not value.isdigit() or int(value) not in Conversation.Priority.values:
        return wrong(_("Choose a priority."))
    state.set_priority(conversation, int(value), by=request.user)
    return done()


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def labels(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Put a label on, or take it off (`on=0`)."""
    conversation = visible(request, number)
    label = get_object_or_404(Label.objects.all(), pk=uuid_or_none(request.POST.get("label", "")))
    if request.POST.get("on", "1") == "1":
        state.add_label(conversation, label, by=request.user)
    else:
        state.remove_label(conversation, label, by=request.user)
    return done()


def _until(value: str) -> datetime | None:
    """A named time (`later`, `tomorrow`, `week`) or one typed in the member's zone."""
    now = timezone.localtime()
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    if value == "later":
        return now + timedelta(hours=3)
    if value == "tomorrow":
        return morning + timedelta(days=1)
    if value == "week":
        return morning + timedelta(days=7 - now.weekday())
    try:
        typed = parse_datetime(value)
    except ValueError:
        return None
    return timezone.make_aware(typed) if typed and timezone.is_naive(typed) else typed
