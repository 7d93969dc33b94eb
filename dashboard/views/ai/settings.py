"""The assistant: whether AI is on and for what, who it is, and when people are there."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Switch
from ai.purposes import Purpose
from ai.selectors.evaluation import open_change
from ai.selectors.switches import off_purposes, switches_of
from ai.services.changes import settle_late_here
from ai.services.settings import save_settings, settings_of
from ai.services.submitting import change_settings, settings_shown
from ai.services.switches import switch_off, switch_on
from core.audit import Actor
from dashboard.ai_forms import HoursForm, VoiceForm
from dashboard.ai_words import purpose_rows
from dashboard.answers import done


@require_GET
@workspace_view(Permission.AI_MANAGE)
def assistant(request: WorkspaceRequest) -> HttpResponseBase:
    """The page."""
    off = off_purposes(switches_of(Switch.Level.WORKSPACE))
    settings, pending = settings_of(), open_change("settings")
    context = {
        "is_off": "" in off,
        "purposes": purpose_rows(off),
        "voice": VoiceForm(instance=settings_shown()),
        "pending": pending,
        "hours": HoursForm(hours=settings.hours),
        "learns_by_consent": settings.learns_by_consent,
    }
    return render(request, "dashboard/settings/ai/assistant.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def switch(request: WorkspaceRequest) -> HttpResponseBase:
    """Switch AI on (`on=1`) or off in the whole workspace; for one `purpose`, or without one for all."""
    purpose = purpose_of(request)
    change = switch_on if request.POST.get("on") == "1" else switch_off
    change(Switch.Level.WORKSPACE, None, purpose, actor=Actor.user(request.user.pk))
    return done() if purpose else redirect("dashboard:ai-assistant", workspace=request.workspace.pk)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def voice(request: WorkspaceRequest) -> HttpResponseBase:
    """Save who the assistant is; each field saves itself."""
    form = VoiceForm(request.POST, instance=settings_shown())
    if not form.is_valid():
        return shown_again(request, "_voice.html", {"voice": form, "pending": open_change("settings")}, "#voice")
    if form.changed_data:
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        if change_settings(changed, by=request.user) is not None:
            return done(pending=True)
    return done()


@require_GET
@workspace_view(Permission.AI_MANAGE)
def pending(request: WorkspaceRequest) -> HttpResponseBase:
    """How the change stands that is being measured or held, beside what it changes (`target`)."""
    target = request.GET.get("target", "settings")[:60]
    settle_late_here()
    context = {"pending": open_change(target), "target": target}
    return render(request, "dashboard/settings/ai/_pending.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def hours(request: WorkspaceRequest) -> HttpResponseBase:
    """Save when people are there."""
    form = HoursForm(request.POST, hours=settings_of().hours)
    if not form.is_valid():
        return shown_again(request, "_hours.html", {"hours": form}, "#hours")
    save_settings({"hours": form.hours()}, actor=Actor.user(request.user.pk))
    return done()


@require_POST
@workspace_view(Permission.AI_MANAGE)
def consent(request: WorkspaceRequest) -> HttpResponseBase:
    """Learn only from people who agreed (`on=1`), or from all who did not object."""
    save_settings({"learns_by_consent": request.POST.get("on") == "1"}, actor=Actor.user(request.user.pk))
    return done()


def purpose_of(request: WorkspaceRequest) -> Purpose | None:
    """The purpose that a form names; None: all of them. Raises Http404 for another word."""
    found = request.POST.get("purpose", "")
    if found not in {"", *Purpose.values}:
        raise Http404
    return Purpose(found) if found else None


def shown_again(request: WorkspaceRequest, part: str, context: dict[str, Any], place: str) -> HttpResponseBase:
    """The part of the page with what is wrong, in its place; what was typed stays."""
    response = render(request, f"dashboard/settings/ai/{part}", context, status=422)
    response["HX-Retarget"], response["HX-Reswap"] = place, "outerHTML"
    return response
