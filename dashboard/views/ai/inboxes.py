"""Where AI replies: each inbox's mode, how far automatic answers have gone live, and what is said differently there."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import InboxAi, Switch
from ai.selectors.evaluation import open_change
from ai.selectors.switches import off_purposes, switches_of
from ai.services.settings import settings_of
from ai.services.submitting import change_inbox, inbox_ai_shown
from ai.services.switches import switch_off, switch_on
from conversations.models import Inbox
from core.audit import Actor
from dashboard.ai_forms import InboxAiForm
from dashboard.ai_words import purpose_rows
from dashboard.answers import done, wrong
from dashboard.views.ai.settings import purpose_of, shown_again


@require_GET
@workspace_view(Permission.AI_MANAGE)
def inboxes(request: WorkspaceRequest) -> HttpResponseBase:
    """All inboxes, with what AI does in them."""
    settings = {row.inbox_id: row for row in InboxAi.objects.all()}
    off = set(Switch.objects.filter(level=Switch.Level.INBOX, purpose="").values_list("inbox_id", flat=True))
    rows = [(inbox, settings.get(inbox.pk) or InboxAi(inbox=inbox), inbox.pk in off) for inbox in Inbox.objects.all()]
    return render(request, "dashboard/settings/ai/inboxes.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def inbox(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """One inbox; each field saves itself."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    form = InboxAiForm(request.POST or None, instance=inbox_ai_shown(found), general=settings_of())
    if request.method == "POST" and form.is_valid():
        change = change_inbox(found, form.values(), by=request.user)
        if change is not None:
            return done(pending=True)
        if "mode" not in request.POST and "stage" not in request.POST:
            return done()
        return redirect("dashboard:ai-inbox", workspace=request.workspace.pk, inbox=found.pk)
    if "share" in form.errors:
        return wrong(" ".join(map(str, form.errors["share"])))
    if form.errors:
        shown = {"inbox": found, "form": form, "pending": open_change(f"inbox:{found.pk}"), "target": f"inbox:{found.pk}"}
        return shown_again(request, "_inbox_voice.html", shown, "#inbox-voice")
    off = off_purposes(switches_of(Switch.Level.INBOX, found))
    context = {
        "inbox": found,
        "row": inbox_ai_shown(found),
        "pending": open_change(f"inbox:{found.pk}"),
        "target": f"inbox:{found.pk}",
        "form": form,
        "is_off": "" in off,
        "purposes": purpose_rows(off),
    }
    return render(request, "dashboard/settings/ai/inbox.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def inbox_switch(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Switch AI on (`on=1`) or off in an inbox; for one `purpose`, or without one for all."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    purpose = purpose_of(request)
    change = switch_on if request.POST.get("on") == "1" else switch_off
    change(Switch.Level.INBOX, found, purpose, actor=Actor.user(request.user.pk))
    return done() if purpose else redirect("dashboard:ai-inbox", workspace=request.workspace.pk, inbox=found.pk)
