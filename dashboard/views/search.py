"""Search over the whole history, as agents type."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.models import Contact, Conversation
from conversations.selectors.conversations import with_newest
from conversations.selectors.search import Query, parsed, search_contacts, search_messages
from core.audit import Action, Actor, record
from dashboard.excerpts import excerpt
from dashboard.filters import uuid_or_none

#: How many people are shown above the messages, and how many conversations of each.
PEOPLE, NEWEST = 8, 3


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def search(request: WorkspaceRequest) -> HttpResponseBase:
    """The search page, or for a browser that is on it, the results of what is typed."""
    typed = request.GET.get("q", "")[:200]
    query = parsed(typed)
    is_more = bool(request.GET.get("before"))
    hits = search_messages(request.membership, query, before=uuid_or_none(request.GET.get("before", "")))
    context = {
        "workspace_id": request.workspace.pk,
        "typed": typed,
        "is_empty": query.is_empty,
        "hits": [(one, excerpt(one.body, query)) for one in hits.messages],
        "before": hits.before,
        "people": [] if is_more else _people(request, query, typed),
        "is_more": is_more,
    }
    if not query.is_empty:
        record(Action.SEARCHED, actor=Actor.user(request.user.pk), found=len(hits.messages))
    return render(request, "dashboard/_results.html" if request.htmx else "dashboard/search.html", context)


def _people(request: WorkspaceRequest, query: Query, typed: str) -> list[tuple[Contact, list[Conversation]]]:
    """The people found, each with their newest conversations."""
    found = search_contacts(request.membership, query, typed, size=PEOPLE)
    return with_newest(request.membership, found, each=NEWEST)
