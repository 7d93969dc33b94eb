"""AI's switches beside a conversation and a contact, as agents see them."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission, require
from ai.models import Switch
from ai.purposes import Purpose
from ai.selectors.switches import switches_of, switches_of_person
from ai.services.settings import settings_of
from ai.services.switches import switch_off, switch_on
from conversations.models import Contact, Conversation
from conversations.selectors.people import has_agreed_to_learning, ids_of_person
from conversations.services.consent import note_learning
from core.audit import Actor
from dashboard.views.ai.settings import purpose_of
from dashboard.views.lists import visible

Level, Reason = Switch.Level, Switch.Reason
#: What an agent may note of a contact; a restriction comes from a request that whoever answers for privacy handles.
_NOTED = {Reason.SETTING, Reason.OBJECTION, Reason.MINOR}


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.CONVERSATIONS_MANAGE)
def conversation_switch(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """AI in one conversation: `on=0` switches off, `on=1` on again. Answers with the part that shows it."""
    conversation = visible(request, number)
    if request.method == "POST":
        change = switch_on if request.POST.get("on") == "1" else switch_off
        change(Level.CONVERSATION, conversation, purpose_of(request), actor=Actor.user(request.user.pk))
    return render(request, "dashboard/settings/ai/_conversation_switch.html", conversation_context(conversation))


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.CONTACTS_EDIT)
def contact_switch(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """AI for a conversation's contact: `on=0` with a `reason` (setting, objection, minor) switches off, `on=1` takes it back."""
    conversation = visible(request, number)
    if request.method == "POST":
        reason = _reason_of(request)
        purpose = purpose_of(request)
        if request.POST.get("on") != "1":
            switch_off(Level.CONTACT, conversation.contact, purpose, reason, actor=Actor.user(request.user.pk))
        else:
            if reason == Reason.OBJECTION and not request.membership.can(Permission.AI_MANAGE):
                require(request.membership, Permission.PRIVACY_MANAGE)
            _take_back(request, conversation, purpose, reason)
    return render(request, "dashboard/settings/ai/_contact_switch.html", contact_context(request, conversation))


@require_http_methods(["GET", "POST", "DELETE"])
@workspace_view(Permission.PRIVACY_MANAGE)
def contact_restriction(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """That the processing of a contact's data is restricted: AI is off for them, for all purposes, until this right lifts it."""
    conversation = visible(request, number)
    if request.method == "POST":
        switch_off(Level.CONTACT, conversation.contact, None, Reason.RESTRICTION, actor=Actor.user(request.user.pk))
    elif request.method == "DELETE":
        _take_back(request, conversation, None, Reason.RESTRICTION)
    return render(request, "dashboard/settings/ai/_contact_switch.html", contact_context(request, conversation))


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def contact_learning(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Note that a contact agreed to be learned from (`given=1`), or takes that back."""
    conversation = visible(request, number)
    note_learning(conversation.contact, is_given=request.POST.get("given") == "1", by=request.user)
    return render(request, "dashboard/settings/ai/_contact_switch.html", contact_context(request, conversation))


def conversation_context(conversation: Conversation) -> dict[str, object]:
    """What `_conversation_switch.html` shows."""
    off = list(switches_of(Level.CONVERSATION, conversation))
    return {"conversation": conversation, "off": off, "is_off": any(not one.purpose for one in off)}


def contact_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, object]:
    """What `_contact_switch.html` shows: each reason for which AI is off for the person, and whether the member may lift it."""
    may = request.membership.can
    can_note, can_restrict = may(Permission.CONTACTS_EDIT), may(Permission.PRIVACY_MANAGE)
    lifted = set()
    if can_note:
        lifted |= _NOTED if can_restrict or may(Permission.AI_MANAGE) else _NOTED - {Reason.OBJECTION}
    if can_restrict:
        lifted.add(Reason.RESTRICTION)
    off = list(switches_of_person(conversation.contact))
    return {
        "conversation": conversation,
        "off": [(one, one.reason in lifted) for one in off],
        "reasons": [(one.value, one.label) for one in Reason if one in _NOTED] if can_note and not off else (),
        "can_restrict": can_restrict,
        "asks_consent": settings_of().learns_by_consent,
        "has_agreed": has_agreed_to_learning(conversation.contact),
        "can_note": can_note,
        "is_restricted": any(one.reason == Reason.RESTRICTION for one in off),
    }


def _take_back(request: WorkspaceRequest, conversation: Conversation, purpose: Purpose | None, reason: Switch.Reason) -> None:
    """For all who became one person with the contact."""
    for contact in Contact.objects.filter(pk__in=ids_of_person(conversation.contact_id)):
        switch_on(Level.CONTACT, contact, purpose, reason, actor=Actor.user(request.user.pk))


def _reason_of(request: WorkspaceRequest) -> Switch.Reason:
    found = request.POST.get("reason") or Reason.SETTING
    if found not in _NOTED:
        raise Http404
    return Reason(found)
