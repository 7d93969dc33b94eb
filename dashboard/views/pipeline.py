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
    """Replay one quarantined event, or all of them."""
    events = quarantined_events()
    if request.POST.get("event"):
        events = [get_object_or_404(InboundEvent.objects.all(), pk=uuid_or_none(request.POST["event"]))]
    for event in events:
        if request.POST.get("dismiss"):
            quarantine.dismiss(event, actor=Actor.user(request.user.pk))
        else:
            quarantine.replay(event, actor=Actor.user(request.user.pk))
    return redirect("dashboard:pipeline", workspace=request.workspace.pk)
