"""The AI beside an open conversation: suggested replies, what it understood, summaries, rewriting and translating."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Assist, Proposal
from ai.services import assisting
from core.fragments import fragment_response
from dashboard.answers import wrong
from dashboard.helping import error_words, suggestion_context, understanding_context
from dashboard.views.lists import visible


@require_GET
@workspace_view(Permission.CONVERSATIONS_REPLY)
def suggestion(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The suggested reply above the composer."""
    return fragment_response(request, "dashboard/ai/_suggestion.html", suggestion_context(request, visible(request, number)))


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def ask_suggestion(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Ask for a suggestion; it comes by the socket."""
    conversation = visible(request, number)
    assisting.suggest(conversation, by=request.user)
    return fragment_response(request, "dashboard/ai/_suggestion.html", suggestion_context(request, conversation))


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def rejection(request: WorkspaceRequest, number: int, proposal: UUID) -> HttpResponseBase:
    """A suggestion does not fit, and why."""
    conversation = visible(request, number)
    found = get_object_or_404(Proposal.objects.filter(conversation=conversation), pk=proposal)
    try:
        assisting.decide(found, Proposal.State.REJECTED, by=request.user, reason=request.POST.get("reason", ""))
    except ValidationError as error:
        return wrong(error)
    return fragment_response(request, "dashboard/ai/_suggestion.html", suggestion_context(request, conversation))


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def understanding(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """What the AI understood, beside the conversation."""
    return fragment_response(
        request, "dashboard/ai/_understanding.html", understanding_context(request, visible(request, number))
    )


@require_POST
@workspace_view(Permission.CONVERSATIONS_VIEW)
def summary(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Ask for a summary in the agent's language."""
    conversation = visible(request, number)
    assisting.summarise(conversation, by=request.user, language=(get_language() or "en")[:2])
    return fragment_response(request, "dashboard/ai/_understanding.html", understanding_context(request, conversation))


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def similar(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Resolved conversations that began alike, with the reply that ended each."""
    found = assisting.similar_solved(visible(request, number), membership=request.membership)
    return fragment_response(request, "dashboard/ai/_similar.html", {"similar": found, "workspace_id": request.workspace.pk})


@require_POST
@workspace_view(Permission.CONVERSATIONS_REPLY)
def rewording(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Rewrite (`tone`) or translate (`to`) what stands in the composer; answers with the job to wait for."""
    conversation, post = visible(request, number), request.POST
    text, to = post.get("text", ""), post.get("to", "")
    try:
        if to:
            job = assisting.translate(text, to, conversation=conversation, by=request.user)
        else:
            job = assisting.rewrite(text, post.get("tone", ""), conversation=conversation, by=request.user)
    except ValidationError as error:
        return wrong(error)
    return JsonResponse({"job": str(job.pk)}, status=202)


@require_GET
@workspace_view(Permission.CONVERSATIONS_REPLY)
def job(request: WorkspaceRequest, number: int, job: UUID) -> HttpResponseBase:
    """How a job of this agent stands: `state`, and its `text` or the `message` that says what went wrong."""
    own = Assist.objects.filter(conversation=visible(request, number), user=request.user)
    found = get_object_or_404(own, pk=job)
    words = error_words(found.error) or _("Something went wrong. Try again.")
    message = words if found.state == Assist.State.FAILED else ""
    return JsonResponse({"state": found.state, "text": found.result.get("text", ""), "message": message})
