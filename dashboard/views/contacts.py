"""The contact pane: who this is, what is known, what was noted."""

from uuid import UUID

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.models import ContactNote
from conversations.services import contacts
from core.audit import Actor
from core.fragments import fragment_response
from dashboard.answers import done, wrong
from dashboard.forms import AttributesForm
from dashboard.thread import contact_context
from dashboard.views.lists import visible
from dashboard.wording import names


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def contact(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """The contact pane of a conversation."""
    return _pane(request, number)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def profile(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Change name and custom attributes."""
    conversation = visible(request, number)
    form = AttributesForm(request.POST)
    if not form.is_valid():
        return wrong(" ".join(str(error) for errors in form.errors.values() for error in errors))
    contacts.edit_contact(
        conversation.contact,
        name=form.cleaned_data["name"],
        attributes=form.attributes(),
        actor=Actor.user(request.user.pk),
    )
    return _pane(request, number)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def notes(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Write a note about the contact."""
    conversation = visible(request, number)
    body = request.POST.get("body", "").strip()
    if not body:
        return wrong(_("Write the note first."))
    contacts.add_contact_note(conversation.contact, body=body[:10_000], author=request.user)
    return _pane(request, number)


@require_http_methods(["DELETE"])
@workspace_view(Permission.CONTACTS_EDIT)
def note(request: WorkspaceRequest, number: int, note: UUID) -> HttpResponseBase:
    """Remove a note about the contact."""
    conversation = visible(request, number)
    found = get_object_or_404(ContactNote.objects.filter(contact=conversation.contact), pk=note)
    contacts.delete_contact_note(found, actor=Actor.user(request.user.pk))
    return _pane(request, number)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def block(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Block the contact, or let them in again (`on=0`)."""
    conversation = visible(request, number)
    is_blocked = request.POST.get("on", "1") == "1"
    contacts.block_contact(conversation.contact, is_blocked=is_blocked, actor=Actor.user(request.user.pk))
    return done(_("Blocked") if is_blocked else _("No longer blocked"))


def _pane(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    conversation = visible(request, number)
    context = {
        "conversation": conversation,
        "workspace_id": request.workspace.pk,
        "can_edit_contact": request.membership.can(Permission.CONTACTS_EDIT),
        **contact_context(request, conversation, names()),
    }
    return fragment_response(request, "dashboard/_contact.html", context)
