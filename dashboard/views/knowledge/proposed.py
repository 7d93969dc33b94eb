"""Articles that were proposed from answers of conversations, and proposing one."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.selectors.proposed import proposed_articles
from ai.services.drafting import propose_by_hand
from conversations.models import Message
from dashboard.answers import done, wrong
from dashboard.views.knowledge.articles import article_of
from dashboard.views.lists import visible
from knowledge.languages import direction, name_of
from knowledge.services.proposals import decline_proposal, reconsider_proposal


@require_GET
@workspace_view(Permission.KNOWLEDGE_VIEW)
def proposed(request: WorkspaceRequest) -> HttpResponseBase:
    """What waits to be read, changed and published, or declined."""
    rows = [
        (one, name_of(one.article.language), direction(one.article.language)) for one in proposed_articles(request.membership)
    ]
    context = {
        "rows": rows,
        "can_write": request.membership.can(Permission.KNOWLEDGE_WRITE),
        "can_manage": request.membership.can(Permission.KNOWLEDGE_MANAGE),
    }
    return render(request, "knowledge/proposed.html", context)


@require_POST
@workspace_view(Permission.KNOWLEDGE_WRITE)
def new_proposal(request: WorkspaceRequest, number: int, message: UUID) -> HttpResponseBase:
    """Propose the article that an answer of a conversation would make."""
    conversation = visible(request, number)
    rows = Message.objects.filter(conversation=conversation).select_related("conversation__contact", "author_user")
    try:
        propose_by_hand(get_object_or_404(rows, pk=message), by=request.user)
    except ValidationError as error:
        return wrong(error)
    return done(_("Proposed as an article, without personal data. It waits under Knowledge, Proposed."))


@require_POST
@workspace_view(Permission.KNOWLEDGE_MANAGE)
def refusal(request: WorkspaceRequest, article: int) -> HttpResponseBase:
    """Do not make an article of it; `undo` takes that back."""
    found = article_of(request, article)
    try:
        if request.GET.get("undo"):
            reconsider_proposal(found, by=request.user)
            return done(_("It is back on the list."), proposed=True)
        decline_proposal(found, by=request.user)
    except ValidationError as error:
        return wrong(error)
    undo = f"{reverse('dashboard:proposed-refusal', args=[request.workspace.pk, found.number])}?undo=1"
    return done(_("Declined. The same question asked again proposes nothing."), undo_url=undo, proposed=True)
