"""Agents teach: what a message is about, and in which mood it was written."""

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Intent, Reading
from ai.services.learning import correct_intent, correct_mood
from conversations.models import Conversation
from core.fragments import fragment_response
from dashboard.answers import wrong
from dashboard.filters import uuid_or_none
from dashboard.helping import understanding_context
from dashboard.views.lists import visible


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def reading_intent(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The right intent of a reading (empty: none of them); the same one says that it is right."""
    conversation = visible(request, number)
    reading = _reading(request, conversation)
    wanted = uuid_or_none(request.POST.get("intent", ""))
    intent = None if wanted is None else get_object_or_404(Intent.objects.all(), pk=wanted)
    correct_intent(reading, intent, by=request.user)
    return fragment_response(request, "dashboard/ai/_understanding.html", understanding_context(request, conversation))


@require_POST
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def reading_mood(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The right mood of a reading; the same one says that it is right."""
    conversation = visible(request, number)
    reading, mood = _reading(request, conversation), request.POST.get("mood", "")
    if mood not in Reading.Mood.values:
        return wrong(_("Choose a mood."))
    correct_mood(reading, mood, by=request.user)
    return fragment_response(request, "dashboard/ai/_understanding.html", understanding_context(request, conversation))


def _reading(request: WorkspaceRequest, conversation: Conversation) -> Reading:
    readings = Reading.objects.filter(conversation=conversation).select_related("message", "conversation")
    return get_object_or_404(readings, pk=uuid_or_none(request.POST.get("reading", "")))
