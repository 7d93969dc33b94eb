"""What AI has learned: the model in use, its history, the figures behind each decision, and one click back."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import FeedbackEvent, ModelVersion
from ai.services import versions
from ai.services.training import ask_to_train
from core.audit import Actor
from dashboard.ai_words import decision_words
from dashboard.wording import names

SHOWN = 30
CONFUSED = 12


@require_GET
@workspace_view(Permission.AI_MANAGE)
def models(request: WorkspaceRequest) -> HttpResponseBase:
    """The page."""
    people = names().people
    history = list(ModelVersion.objects.defer("manifest", "arrays")[:SHOWN])
    lessons = FeedbackEvent.objects.filter(task=FeedbackEvent.Task.INTENT)
    sources = dict(FeedbackEvent.Source.choices)
    counted = lessons.values_list("source").annotate(count=Count("id")).order_by("-count")
    context = {
        "live": next((one for one in history if one.state == ModelVersion.State.LIVE), None),
        "rows": [(one, decision_words(one.decision), people.get(str(one.user_id), "")) for one in history],
        "lessons": lessons.count(),
        "sources": [(sources[source], count) for source, count in counted],
    }
    return render(request, "dashboard/settings/ai/models.html", context)


@require_GET
@workspace_view(Permission.AI_MANAGE)
def model(request: WorkspaceRequest, model: UUID) -> HttpResponseBase:
    """One version: the comparison that decided, label by label, and what it takes for what."""
    found = get_object_or_404(ModelVersion.objects.select_related("parent").defer("manifest", "arrays"), pk=model)
    figures: dict[str, Any] = found.figures
    before, after = figures.get("champion", {}), figures.get("candidate", {})
    recalls = [
        {"label": label, "before": _percent(before.get("recalls", {}).get(label)), "after": _percent(share)}
        for label, share in sorted(after.get("recalls", {}).items())
    ]
    confused = sorted((one for one in figures.get("confusion", []) if one[0] != one[1]), key=lambda one: -one[2])
    measures = [
        (_("Correct"), _percent(before.get("accuracy")), _percent(after.get("accuracy"))),
        (_("Promises that are not kept (calibration error)"), _percent(before.get("ece")), _percent(after.get("ece"))),
        (_("Tells what belongs to no intent (AUROC)"), _percent(before.get("auroc")), _percent(after.get("auroc"))),
    ]
    context = {
        "version": found,
        "decision": decision_words(found.decision),
        "measures": measures,
        "gain": _points(figures.get("gain")),
        "bound": _points(figures.get("lower_bound")),
        "figures": figures,
        "recalls": recalls,
        "confused": confused[:CONFUSED],
    }
    return render(request, "dashboard/settings/ai/model.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def rollback(request: WorkspaceRequest) -> HttpResponseBase:
    """The model before the one in use, or none."""
    try:
        before = versions.roll_back(actor=Actor.user(request.user.pk))
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        words = (
            _("Model %(number)d is in use again.") % {"number": before.number} if before else _("No learned model is in use now.")
        )
        messages.success(request, words)
    return redirect("dashboard:ai-models", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def training(request: WorkspaceRequest) -> HttpResponseBase:
    """Ask for a candidate now, instead of tonight."""
    ask_to_train(request.workspace.pk)
    messages.success(request, _("A candidate is being trained. Reload this page in a minute."))
    return redirect("dashboard:ai-models", workspace=request.workspace.pk)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _points(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:+.1f}"
