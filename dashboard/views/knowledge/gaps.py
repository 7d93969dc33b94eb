"""Questions that could not be answered."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from core.audit import Actor
from dashboard.answers import done
from knowledge.languages import name_of
from knowledge.models import Gap
from knowledge.selectors import gaps as found_gaps
from knowledge.services import gaps as services
from knowledge.services.articles import create_article
from knowledge.services.centres import ensure_centre


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def gaps(request: WorkspaceRequest) -> HttpResponseBase:
    """What customers ask and no article answers, the most asked first."""
    state = request.GET.get("state", Gap.State.OPEN)
    state = state if state in Gap.State.values else Gap.State.OPEN
    rows = [(one, [name_of(code) for code in one.languages]) for one in found_gaps.gaps(state)]
    context = {
        "rows": rows,
        "state": state,
        "tabs": Gap.State.choices,
        "can_write": request.membership.can(Permission.KNOWLEDGE_WRITE),
        "can_measure": request.membership.can(Permission.AI_MANAGE),
    }
    return render(request, "knowledge/gaps.html", context)


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def article(request: WorkspaceRequest, gap: UUID) -> HttpResponseBase:
    """Begin an article that answers it, with the question as its title; publishing it closes the gap."""
    found = get_object_or_404(Gap.objects.select_related("article"), pk=gap)
    if found.article is None:
        asked, centre = found_gaps.asked_in(found), ensure_centre()
        language = asked.languages[0] if asked is not None else centre.default_language
        found.article = create_article(language=language, by=request.user, title=asked.title if asked is not None else "")
        services.link(found, found.article)
    return redirect("dashboard:article", workspace=request.workspace.pk, article=found.article.number)


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def state(request: WorkspaceRequest, gap: UUID) -> HttpResponseBase:
    """Dismiss a gap, or take that back (`open`)."""
    found, actor = get_object_or_404(Gap.objects.all(), pk=gap), Actor.user(request.user.pk)
    if request.POST.get("state") == Gap.State.OPEN or request.GET.get("undo"):
        services.reopen(found, actor=actor)
        return done(_("It is back on the list."), gaps=True)
    services.dismiss(found, actor=actor)
    undo = f"{reverse('dashboard:gap-state', args=[request.workspace.pk, found.pk])}?undo=1"
    return done(_("Dismissed. The same question asked again stays off the list."), undo_url=undo, gaps=True)
