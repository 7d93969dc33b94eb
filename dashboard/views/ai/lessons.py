"""Agents teach: what a message is about."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Intent, Reading
from ai.services.learning import correct_intent
from dashboard.filters import uuid_or_none
from dashboard.helping import understanding_context
from dashboard.views.lists import visible


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def reading_intent(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The right intent of a reading (empty: none of them); the same one says that it is right."""
    conversation = visible(request, number)
    readings = Reading.objects.filter(conversation=conversation).select_related("message", "conversation")
    reading = get_object_or_404(readings, pk=uuid_or_none(request.POST.get("reading", "")))
    wanted = uuid_or_none(request.POST.get("intent", ""))
    intent = None if wanted is None else get_object_or_404(Intent.objects.all(), pk=wanted)
    correct_intent(reading, intent, by=request.user)
    return render(request, "dashboard/ai/_understanding.html", understanding_context(request, conversation))
