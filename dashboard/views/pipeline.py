"""The delivery page: what waits, how old it is, what failed, and the quarantine with its replay."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from channels_app.models import InboundEvent
from channels_app.selectors import quarantined_events, queue_figures
from channels_app.services import quarantine
from core.audit import Actor
from dashboard.filters import uuid_or_none


@require_GET
@workspace_view(Permission.QUARANTINE_MANAGE)
def pipeline(request: WorkspaceRequest) -> HttpResponseBase:
    """Queues and quarantine of the workspace."""
    context = {"figures": queue_figures(), "events": quarantined_events()}
    return render(request, "dashboard/settings/pipeline.html", context)


@require_POST
@workspace_view(Permission.QUARANTINE_MANAGE)
def replay(request: WorkspaceRequest) -> HttpResponseBase:
    """Replay one quarantined event, or all of them; or say that one needs nothing more."""
    actor = Actor.user(request.user.pk)
    if "event" not in request.POST:
        quarantine.replay_all(actor=actor)
        return redirect("dashboard:pipeline", workspace=request.workspace.pk)
    event = get_object_or_404(InboundEvent.objects.all(), pk=uuid_or_none(request.POST["event"]))
    if request.POST.get("dismiss"):
        quarantine.dismiss(event, actor=actor)
    else:
        quarantine.replay(event, actor=actor)
    return redirect("dashboard:pipeline", workspace=request.workspace.pk)
