"""Intents: what customers want, who answers it, and what the AI may do by itself."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Change, Intent
from ai.selectors.evaluation import open_change, open_changes
from ai.services.intents import errors_of
from ai.services.submitting import change_intent, intent_shown, remove_intent
from dashboard.evaluation_words import measured_first
from dashboard.intent_forms import IntentForm


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def intents(request: WorkspaceRequest) -> HttpResponseBase:
    """All intents, and a new one."""
    form = IntentForm(request.POST or None)
    if request.method == "POST" and _saved(request, form, Intent()):
        return redirect("dashboard:ai-intents", workspace=request.workspace.pk)
    found = Intent.objects.select_related("team", "label")
    rows = [(intent, errors := errors_of(intent), errors.exceed(intent.error_budget)) for intent in found]
    waiting = [one for one in open_changes() if one.kind == Change.Kind.INTENT and one.payload["is_new"]]
    context = {"form": form, "rows": rows, "waiting": waiting}
    return render(request, "dashboard/settings/ai/intents.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def intent(request: WorkspaceRequest, intent: UUID) -> HttpResponseBase:
    """One intent: change it or delete it (`delete=1`)."""
    found = get_object_or_404(Intent.objects.all(), pk=intent)
    form = IntentForm(request.POST or None, instance=intent_shown(found))
    if request.method == "POST":
        if request.POST.get("delete") == "1":
            _tell(request, remove_intent(found, by=request.user))
            return redirect("dashboard:ai-intents", workspace=request.workspace.pk)
        if _saved(request, form, found):
            return redirect("dashboard:ai-intents", workspace=request.workspace.pk)
    pending = open_change(f"intent:{found.pk}")
    context = {"form": form, "intent": found, "errors": errors_of(found), "pending": pending, "target": f"intent:{found.pk}"}
    return render(request, "dashboard/settings/ai/intent.html", context, status=422 if form.errors else 200)


def _saved(request: WorkspaceRequest, form: IntentForm, found: Intent) -> bool:
    """Save a valid form; what the service refuses is told at the form."""
    if not form.is_valid():
        return False
    try:
        _tell(request, change_intent(found, form.values(), by=request.user))
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _tell(request: WorkspaceRequest, change: Change | None) -> None:
    """Say that a change is measured first, where it is."""
    if change is not None:
        messages.info(request, measured_first(change))
