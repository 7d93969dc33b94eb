"""AI's switches beside a conversation and a contact, as agents see them."""

from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission, require
from ai.models import Switch
from ai.selectors.switches import switches_of, switches_of_person
from ai.services.switches import switch_off, switch_on
from conversations.models import Contact, Conversation
from conversations.selectors.people import ids_of_person
from core.audit import Actor
from dashboard.views.ai.settings import purpose_of
from dashboard.views.lists import visible

Level, Reason = Switch.Level, Switch.Reason
#: What an agent may note of a contact; a restriction comes from a request that the data protection officer handles.
_NOTED = {Reason.SETTING, Reason.OBJECTION, Reason.MINOR}
#: Only who answers for privacy or AI takes these back.
_GRAVE = {Reason.OBJECTION, Reason.RESTRICTION}


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
        actor = Actor.user(request.user.pk)
        if request.POST.get("on") != "1":
            if reason not in _NOTED:
                raise Http404
            switch_off(Level.CONTACT, conversation.contact, purpose, reason, actor=actor)
        else:
            if reason in _GRAVE and not request.membership.can(Permission.AI_MANAGE):
                require(request.membership, Permission.PRIVACY_MANAGE)
            for contact in Contact.objects.filter(pk__in=ids_of_person(conversation.contact_id)):
                switch_on(Level.CONTACT, contact, purpose, reason, actor=actor)
    return render(request, "dashboard/settings/ai/_contact_switch.html", contact_context(request, conversation))


def conversation_context(conversation: Conversation) -> dict[str, object]:
    """What `_conversation_switch.html` shows."""
    off = list(switches_of(Level.CONVERSATION, conversation))
    return {"conversation": conversation, "off": off, "is_off": any(not one.purpose for one in off)}


def contact_context(request: WorkspaceRequest, conversation: Conversation) -> dict[str, object]:
    """What `_contact_switch.html` shows: each reason for which AI is off for the person, and whether the member may lift it."""
    may_lift = request.membership.can(Permission.AI_MANAGE) or request.membership.can(Permission.PRIVACY_MANAGE)
    off = [(one, may_lift or one.reason not in _GRAVE) for one in switches_of_person(conversation.contact)]
    return {"conversation": conversation, "off": off, "reasons": [(one.value, one.label) for one in Reason if one in _NOTED]}


def _reason_of(request: WorkspaceRequest) -> Switch.Reason:
    try:
        return Reason(request.POST.get("reason") or Reason.SETTING)
    except ValueError:
        raise Http404 from None
