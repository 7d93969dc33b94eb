"""A change that is measured before it is made: what it would do, and what an owner may decide about it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.freshness import needs_fresh_factor
from accounts.permissions import Permission
from ai.models import Change, Evaluation
from ai.selectors.evaluation import comparison_of, flips_of, taken_over
from ai.services import changes as services
from dashboard.evaluation_words import about, details, flips
from dashboard.wording import names


@require_GET
@workspace_view(Permission.AI_MANAGE)
def change(request: WorkspaceRequest, change: UUID) -> HttpResponseBase:
    """What it is about, which questions it would change, and what can be done."""
    services.settle_late_here()
    return _page(request, _found(change))


@require_GET
@workspace_view(Permission.AI_MANAGE)
def state(request: WorkspaceRequest, change: UUID) -> HttpResponseBase:
    """How far its measurement has come; the page anew once that has ended."""
    services.settle_late_here()
    found = _found(change)
    evaluation = Evaluation.objects.filter(change=found).order_by("-id").first()
    response = render(request, "dashboard/settings/ai/_change_progress.html", {"change": found, "evaluation": evaluation})
    if found.state != Change.State.MEASURING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@workspace_view(Permission.AI_MANAGE)
def measuring(request: WorkspaceRequest, change: UUID) -> HttpResponseBase:
    """Measure it once more."""
    try:
        services.measure_again(_found(change), by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("dashboard:ai-change", workspace=request.workspace.pk, change=change)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def discarding(request: WorkspaceRequest, change: UUID) -> HttpResponseBase:
    """Leave things as they are."""
    try:
        services.discard(_found(change), by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, _("Discarded. Nothing has changed."))
    return redirect("dashboard:ai-evaluation", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.AI_OVERRIDE)
@needs_fresh_factor
def override(request: WorkspaceRequest, change: UUID) -> HttpResponseBase:
    """Make it all the same, with a written reason (`reason`)."""
    found, reason = _found(change), request.POST.get("reason", "")
    try:
        services.override(found, reason=reason, membership=request.membership)
    except ValidationError as error:
        return _page(request, _found(change), error=" ".join(error.messages), reason=reason)
    messages.success(request, _("Made. Your reason stays with it."))
    return redirect("dashboard:ai-change", workspace=request.workspace.pk, change=change)


def _page(request: WorkspaceRequest, found: Change, *, error: str = "", reason: str = "") -> HttpResponseBase:
    evaluation = Evaluation.objects.filter(change=found).order_by("-id").first()
    people = names().people
    is_measured = evaluation is not None and evaluation.state == Evaluation.State.DONE
    compared = comparison_of(evaluation) if evaluation is not None and is_measured else None
    context = {
        "change": found,
        "about": about(found),
        "details": details(found),
        "evaluation": evaluation,
        "compared": compared,
        "taken": dict(zip(("count", "at"), taken_over(evaluation), strict=True)) if evaluation and compared else None,
        "worse": flips(flips_of(evaluation, compared.worse)) if evaluation and compared else [],
        "better": flips(flips_of(evaluation, compared.better)) if evaluation and compared else [],
        "who": people.get(str(found.user_id), "") or _by_nobody(found),
        "by": people.get(str(found.decided_by_id), ""),
        "may_override": request.membership.can(Permission.AI_OVERRIDE),
        "fewest": services.FEWEST_LETTERS,
        "error": error,
        "reason": reason,
    }
    return render(request, "dashboard/settings/ai/change.html", context, status=422 if error else 200)


def _by_nobody(change: Change) -> str:
    return _("Chatzee, by itself") if change.kind == Change.Kind.PROMOTE else _("a former member")


def _found(change: UUID) -> Change:
    return get_object_or_404(Change.objects.select_related("user", "decided_by"), pk=change)
