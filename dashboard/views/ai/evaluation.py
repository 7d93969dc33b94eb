"""How well the AI answers: golden questions, what measuring them found, and the changes that wait for it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai import switching
from ai.models import EvaluationResult, GoldenCase
from ai.purposes import Purpose, Subject
from ai.selectors import evaluation as selectors
from ai.services.evaluating import start_evaluation
from ai.services.nightly import bill
from ai.services.settings import save_settings, settings_of
from ai.services.worlds import parts_of, world_now
from core.audit import Actor
from dashboard.ai_words import closed_words
from dashboard.answers import done as answered
from dashboard.evaluation_words import OUTCOME_TONES, about, cards_of, drawing_of, history_rows, night_words, stale_parts
from dashboard.wording import names
from knowledge.models import Document

Result = EvaluationResult.Outcome
#: Golden questions on a page.
SHOWN = 100


@require_GET
@workspace_view(Permission.AI_MANAGE)
def evaluation(request: WorkspaceRequest) -> HttpResponseBase:
    """The page; `q` looks for words in questions, `only` shows one outcome."""
    # The position first: what happens while the page is read comes after it.
    known = names()
    history, people, settings = selectors.history(), known.people, settings_of()
    done = [one for one in history if one.state == "done"]
    last, before = done[0] if done else None, done[1] if len(done) > 1 else None
    running = selectors.running_evaluation()
    changes = [{"change": one, "about": about(one), "who": people.get(str(one.user_id), "")} for one in selectors.open_changes()]
    closed = switching.closed_by(Purpose.ANALYSE, Subject(request.workspace.pk))
    context: dict[str, Any] = {
        "live_position": known.position,
        "last": last,
        "running": running,
        "closed_words": closed_words(closed) if closed else "",
        "cards": cards_of(last, before) if last else [],
        "drawing": drawing_of(last) if last else None,
        "stale": stale_parts(last, parts_of(world_now())) if last and not running else [],
        "is_empty": last is None and not GoldenCase.objects.exists() and not Document.objects.exists(),
        "changes": changes,
        "false_answers": _false_answers(last) if last else [],
        "history": history_rows(history, people, settings.currency),
        "measures_nightly": settings.measures_nightly,
        "night_words": night_words(bill(), settings),
        "decided": [
            {
                "change": one,
                "about": about(one),
                "who": people.get(str(one.user_id), ""),
                "by": people.get(str(one.decided_by_id), ""),
            }
            for one in selectors.settled_changes()
        ],
        **_questions(request, last),
    }
    return render(request, "dashboard/settings/ai/evaluation.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def run(request: WorkspaceRequest) -> HttpResponseBase:
    """Measure now."""
    closed = switching.closed_by(Purpose.ANALYSE, Subject(request.workspace.pk))
    if closed is not None:
        messages.error(request, closed_words(closed))
    else:
        start_evaluation(by=request.user)
    return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def nightly(request: WorkspaceRequest) -> HttpResponseBase:
    """Let answers be measured by night (`on=1`), or not."""
    save_settings({"measures_nightly": request.POST.get("on") == "1"}, actor=Actor.user(request.user.pk))
    return answered()


@require_GET
@workspace_view(Permission.AI_MANAGE)
def progress(request: WorkspaceRequest) -> HttpResponseBase:
    """How far the measurement has come; once it has ended, the page hears so."""
    running = selectors.running_evaluation()
    response = render(request, "dashboard/settings/ai/_evaluation_progress.html", {"running": running})
    if running is None:
        response["HX-Trigger"] = "measured"
    return response


def _questions(request: WorkspaceRequest, last: Any) -> dict[str, Any]:
    words, only = request.GET.get("q", "").strip()[:200], request.GET.get("only", "")
    rows = selectors.golden_rows(last)
    counts = {value: sum(_outcome(one) == value for one in rows) for value in (*Result.values, "new")}
    labels = {**dict(Result.choices), "new": _("Not measured yet")}
    shown = selectors.golden_rows(last, words=words, only=only if only in labels else "") if words or only else rows
    return {
        "rows": [{"row": one, "tone": OUTCOME_TONES[one.asked.outcome] if one.asked else ""} for one in shown[:SHOWN]],
        "more": max(0, len(shown) - SHOWN),
        "words": words,
        "only": only,
        "total": len(rows),
        "tabs": [(value, labels[value], count) for value, count in counts.items() if count or value == only],
    }


def _outcome(row: selectors.CaseRow) -> str:
    return row.asked.outcome if row.asked else "new"


def _false_answers(last: Any) -> list[dict[str, Any]]:
    """Each with its question, and the sources that it was answered from all the same."""
    return [
        {
            "result": one,
            "question": one.case.question if one.case else one.document.title if one.document else "",
            "sources": list(dict.fromkeys(str(source["title"]) for source in one.sources)),
        }
        for one in selectors.false_answers(last)
    ]
