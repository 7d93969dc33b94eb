"""Trying the assistant out before and while it goes live: on a question, on past conversations, and in the shadow."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Assist, InboxAi, Proposal
from ai.selectors import bench as selectors
from ai.services.assisting import AssistError, review
from ai.services.settings import inbox_ai_of, save_inbox_ai
from ai.services.trying import try_conversation, try_question
from conversations.models import Inbox
from conversations.selectors.conversations import conversations_visible_to
from core.audit import Actor
from dashboard.ai_trials import trial_of
from dashboard.answers import done, wrong


@require_GET
@workspace_view(Permission.AI_MANAGE)
def bench(request: WorkspaceRequest) -> HttpResponseBase:
    """The page, for one inbox (`?inbox=`)."""
    inboxes = list(Inbox.objects.all())
    wanted = request.GET.get("inbox", "")
    answered = {row.inbox_id for row in InboxAi.objects.filter(mode=InboxAi.Mode.AUTO)}
    inboxes.sort(key=lambda one: one.pk not in answered)
    inbox = next((one for one in inboxes if str(one.pk) == wanted), inboxes[0] if inboxes else None)
    if inbox is None:
        return render(request, "dashboard/settings/ai/bench.html", {"inboxes": []})
    context = {
        "inboxes": inboxes,
        "inbox": inbox,
        "ai": inbox_ai_of(inbox),
        "stages": InboxAi.Stage.choices,
        "past": selectors.past_conversations(request.membership, inbox),
        "shadows": selectors.shadows(request.membership, inbox),
        "agreement": selectors.agreement(inbox),
    }
    return render(request, "dashboard/settings/ai/bench.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def trial(request: WorkspaceRequest) -> HttpResponseBase:
    """Try a question (`text`, `inbox`) or a past conversation (`conversation`, its number); the answer comes by itself."""
    try:
        if number := request.POST.get("conversation", ""):
            visible = conversations_visible_to(request.membership).select_related("contact", "inbox")
            conversation = get_object_or_404(visible, number=number if number.isdigit() else -1)
            assist = try_conversation(conversation, by=request.user)
        else:
            inbox = get_object_or_404(Inbox.objects.all(), key=request.POST.get("inbox", ""))
            assist = try_question(inbox, request.POST.get("text", ""), by=request.user)
    except ValidationError as error:
        return wrong(error)
    return _shown(request, assist)


@require_GET
@workspace_view(Permission.AI_MANAGE)
def trial_result(request: WorkspaceRequest, assist: UUID) -> HttpResponseBase:
    """How a try-out went, or that it goes on."""
    own = Assist.objects.filter(user=request.user, kind=Assist.Kind.TRY).select_related("conversation__contact")
    return _shown(request, get_object_or_404(own, pk=assist))


@require_POST
@workspace_view(Permission.AI_MANAGE)
def verdict(request: WorkspaceRequest, proposal: UUID) -> HttpResponseBase:
    """Say whether an answer was right or wrong."""
    visible = conversations_visible_to(request.membership)
    found = get_object_or_404(Proposal.objects.filter(conversation__in=visible), pk=proposal)
    try:
        review(found, request.POST.get("review", ""), by=request.user)
    except ValidationError as error:
        return wrong(error)
    return done()


@require_POST
@workspace_view(Permission.AI_MANAGE)
def stage(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Go a stage further, or back: shadow, a share, all."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    if request.POST.get("stage") in InboxAi.Stage.values:
        values = {"mode": InboxAi.Mode.AUTO, "stage": request.POST["stage"]}
        save_inbox_ai(found, values, actor=Actor.user(request.user.pk))
    response = redirect("dashboard:ai-bench", workspace=request.workspace.pk)
    response["Location"] += f"?inbox={found.pk}"
    return response


def _shown(request: WorkspaceRequest, assist: Assist) -> HttpResponseBase:
    error = AssistError(assist.error).words if assist.error in list(AssistError) else ""
    context = {"assist": assist, "trial": trial_of(assist.result), "error": error, "workspace": request.workspace}
    return render(request, "dashboard/settings/ai/_trial.html", context)
