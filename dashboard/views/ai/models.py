"""What AI has learned, kind by kind: models in use, lessons, history, the figures behind each decision, and one click back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.learning.judging import FEWEST_HELD_OUT
from ai.models import FeedbackEvent, ModelVersion, Training
from ai.selectors.evaluation import open_change
from ai.services.promoting import target_of
from ai.services.submitting import roll_back
from ai.services.trainings import OPEN, ask_to_train
from dashboard.ai_words import decision_words
from dashboard.evaluation_words import about, measured_first
from dashboard.learning_words import KINDS, label_words, measures_of, percent, points
from dashboard.wording import names
from knowledge.languages import name_of

Task = FeedbackEvent.Task
SHOWN = 30
CONFUSED = 12
#: A fifth of the lessons is held out.
_NEEDED = 5 * FEWEST_HELD_OUT


@require_GET
@workspace_view(Permission.AI_MANAGE)
def models(request: WorkspaceRequest) -> HttpResponseBase:
    """The page of a kind (`?kind=`)."""
    kind = _kind(request.GET.get("kind", ""))
    known = names()
    people = known.people
    history = list(ModelVersion.objects.filter(task=kind).select_related("user").defer("manifest", "arrays")[:SHOWN])
    lessons = FeedbackEvent.objects.filter(task=kind)
    count, pending = lessons.count(), open_change(target_of(kind), f"learned:{kind}")
    context = {
        "live_position": known.position,
        "kind": kind,
        "words": KINDS[kind],
        "tabs": _tabs(kind),
        "live": next((one for one in history if one.state == ModelVersion.State.LIVE), None),
        "rows": [(one, decision_words(one.decision), people.get(str(one.user_id), "")) for one in history],
        **_training(kind),
        "pending": pending,
        "pending_about": f"{pending.get_kind_display()} ({about(pending)})" if pending else "",
        "lessons": count,
        "needed": _NEEDED,
        "missing": max(0, _NEEDED - count),
        "data": _data(kind),
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
        {
            "label": label_words(found.task, label),
            "before": percent(before.get("recalls", {}).get(label)),
            "after": percent(share),
        }
        for label, share in sorted(after.get("recalls", {}).items())
    ]
    confused = sorted((one for one in figures.get("confusion", []) if one[0] != one[1]), key=lambda one: -one[2])
    context = {
        "version": found,
        "words": KINDS[found.task],
        "decision": decision_words(found.decision),
        "measures": measures_of(found.task, before, after),
        "gain": points(figures.get("gain")),
        "bound": points(figures.get("lower_bound")),
        "figures": figures,
        "recalls": recalls,
        "confused": [(*(label_words(found.task, one) for one in pair), count) for *pair, count in confused[:CONFUSED]],
    }
    return render(request, "dashboard/settings/ai/model.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def rollback(request: WorkspaceRequest) -> HttpResponseBase:
    """The model before the one in use, or none; of a kind (`kind`)."""
    kind = _kind(request.POST.get("kind", ""))
    try:
        change, before = roll_back(kind, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        words = _("Model %(number)d is in use again.") % {"number": before} if before else _("No learned model is in use now.")
        messages.success(request, measured_first(change) if change else words)
    return _back(request, kind)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def training(request: WorkspaceRequest) -> HttpResponseBase:
    """Ask for a candidate now, instead of tonight; of a kind (`kind`)."""
    kind = _kind(request.POST.get("kind", ""))
    ask_to_train(kind)
    return _back(request, kind)


def _training(kind: Task) -> dict[str, Any]:
    """What is being trained, or why the last training made no candidate."""
    found = Training.objects.filter(task=kind).exclude(state=Training.State.DONE).first()
    return {"training": found, "is_training": found is not None and found.state in OPEN}


def _kind(asked: str) -> Task:
    return Task(asked) if asked in Task.values else Task.INTENT


def _back(request: WorkspaceRequest, kind: Task) -> HttpResponse:
    response = redirect("dashboard:ai-models", workspace=request.workspace.pk)
    response["Location"] += f"?kind={kind}"
    return response


def _tabs(chosen: Task) -> list[dict[str, Any]]:
    counts = dict(FeedbackEvent.objects.values_list("task").annotate(count=Count("id")))
    return [
        {"kind": kind, "label": words.name, "count": counts.get(kind, 0), "is_current": kind == chosen}
        for kind, words in KINDS.items()
    ]


def _data(kind: Task) -> list[tuple[str, list[tuple[str, int]]]]:
    """What the lessons are made of: how they came about, what they say, in which language."""
    sources = dict(FeedbackEvent.Source.choices)
    parts: list[tuple[str, str, Callable[[str], str]]] = [
        (_("How people taught"), "source", lambda one: str(sources.get(one, one))),
        (_("What they said"), "correction", lambda one: label_words(kind, one)),
        (_("In which language"), "language", name_of),
    ]
    lessons = FeedbackEvent.objects.filter(task=kind)
    found = []
    for title, column, words in parts:
        counted = lessons.values_list(column).annotate(count=Count("id")).order_by("-count", column)
        found.append((title, [(words(value), count) for value, count in counted[:CONFUSED]]))
    return found
