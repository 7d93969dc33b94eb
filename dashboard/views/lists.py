"""The conversations' pages: the list, and the list with one conversation open."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_GET

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.models import Conversation
from conversations.selectors.conversations import conversation_and_earlier, conversation_visible_to
from conversations.selectors.directory import Named, directory_asked
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids
from conversations.selectors.lists import COUNTED, ListFilter, Page, counts, counts_asked, page_asked
from conversations.services.reading import mark_read
from core.audit import Action, Actor, record
from core.database.asking import Question, ask_all
from core.fragments import fragment_response, said as _
from dashboard.filters import filter_from, filter_query
from dashboard.first_steps import first_steps
from dashboard.list_head import list_head_html
from dashboard.places import places_html
from dashboard.presenters import rows_of
from dashboard.rows import rows_html
from dashboard.shell import desk_page
from dashboard.thread import EARLIER_SHOWN, head_context, thread_context
from dashboard.wording import Names, names, names_of


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def conversations(request: WorkspaceRequest) -> HttpResponseBase:
    """The list; the thread's place says what to do next."""
    return _page(request, page_context(request))


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def conversation(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The list with a conversation open; for a browser that has the list already, the conversation alone."""
    # The page's position first: what is committed while the thread is read must come after it, not be missed by both.
    page = {} if request.htmx else page_context(request)
    known = page["known"] if page else names()
    found, earlier = _opened(request, number)
    opened = {**thread_context(request, found, earlier, known), **_choices(known)}
    _seen(request, found)
    if request.htmx:
        response = fragment_response(request, "dashboard/_conversation.html", opened)
        response["Vary"] = "HX-Request"
        return response
    return _page(request, {**page, **opened}, name=found.display_name)


def _page(request: WorkspaceRequest, context: dict[str, Any], *, name: str = "") -> HttpResponse:
    """The desk with the list and what is open beside it; `name` is whose conversation that is."""
    title = " · ".join(filter(None, (name, _("Conversations"), request.workspace.name)))
    return desk_page(request, context, title=title)


def _opened(request: WorkspaceRequest, number: int) -> tuple[Conversation, list[Conversation]]:
    try:
        return conversation_and_earlier(request.membership, number=number, size=EARLIER_SHOWN)
    except Conversation.DoesNotExist:
        raise Http404 from None


def visible(request: WorkspaceRequest, number: int) -> Conversation:
    """The conversation of a number, if the member may see it; else there is none (404)."""
    try:
        return conversation_visible_to(request.membership, number=number)
    except Conversation.DoesNotExist:
        raise Http404 from None


def _seen(request: WorkspaceRequest, found: Conversation) -> None:
    mark_read(found, user=request.user)
    record(Action.CONVERSATION_VIEWED, actor=Actor.user(request.user.pk), target=found)


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def thread_head(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The head of an open conversation and its menus, for a browser that heard of a change."""
    known = names()
    context = {**head_context(request, visible(request, number), known), **_choices(known)}
    return fragment_response(request, "dashboard/_thread_head.html", context)


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def rows(request: WorkspaceRequest) -> HttpResponseBase:
    """The next rows of the list, after a cursor; a cursor of another sort starts over."""
    return fragment_response(request, "dashboard/_rows.html", list_context(request))


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def list_fragment(request: WorkspaceRequest) -> HttpResponseBase:
    """The list pane alone, for another tab or filter."""
    return fragment_response(request, "dashboard/_list.html", list_context(request))


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def tab_counts(request: WorkspaceRequest) -> HttpResponseBase:
    """The figures on the tabs, for a browser that has just been told of a change."""
    chosen = filter_from(request.GET)
    tabs = _tabs(chosen, counts(request.membership, chosen))
    return fragment_response(request, "dashboard/_tabs.html", {"chosen": chosen, "tabs": tabs})


def page_context(request: WorkspaceRequest) -> dict[str, Any]:
    """Everything that the conversations' page shows beside an open conversation."""
    context = list_context(request)
    places = {name: context[name] for name in ("inboxes", "teams", "labels")}
    return {
        **context,
        "places_html": places_html(request.workspace, context["chosen"], **places),
        "can_manage": request.membership.can(Permission.CONVERSATIONS_MANAGE),
        "position": context["known"].position,
    }


def list_context(request: WorkspaceRequest) -> dict[str, Any]:
    """The list under the filter of the URL."""
    chosen = filter_from(request.GET)
    asked = directory_asked(), counts_asked(request.membership, chosen), _page_asked(request, chosen)
    directory, counted, page = ask_all(*asked)
    known = names_of(directory)
    inboxes = _visible_inboxes(request, known)
    return {
        "workspace_id": request.workspace.pk,
        "chosen": chosen,
        "query": filter_query(chosen),
        "tabs": _tabs(chosen, counted),
        "known": known,
        "inboxes": inboxes,
        "teams": directory.teams,
        "labels": directory.labels,
        "head_html": list_head_html(chosen, inboxes=inboxes, teams=directory.teams, labels=directory.labels),
        "steps": None if page.rows else first_steps(request, inboxes),
        "rows": page.rows,
        "rows_html": rows_html(rows_of(page.rows, known), request.workspace.pk),
        "cursor": page.cursor,
    }


def _visible_inboxes(request: WorkspaceRequest, known: Names) -> list[Named]:
    inboxes = list(known.inboxes.values())
    if sees_all_inboxes(request.membership):
        return inboxes
    visible = visible_inbox_ids(request.membership)
    return [one for one in inboxes if one.pk in visible]


def _page_asked(request: WorkspaceRequest, chosen: ListFilter) -> Question[Page]:
    try:
        return page_asked(request.membership, chosen, request.GET.get("cursor", ""))
    except ValueError:
        return page_asked(request.membership, chosen)


def _tabs(chosen: ListFilter, found: dict[str, int]) -> list[dict[str, Any]]:
    words = {"mine": _("Mine"), "unassigned": _("Unassigned"), "all": _("All")}
    return [
        {"name": name, "label": label, "count": _shown(found[name]), "query": filter_query(chosen, tab=name)}
        for name, label in words.items()
    ]


def _shown(count: int) -> str:
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count)


def _choices(known: Names) -> dict[str, Any]:
    """What the menus of an open conversation offer."""
    return {
        "teams": [Named(UUID(pk), name) for pk, name in known.teams.items()],
        "labels": list(known.labels.values()),
        "members": known.members,
        "assignable": known.assignable,
        "priorities": Conversation.Priority.choices,
    }
