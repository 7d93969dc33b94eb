"""Who contacts are and what they allow: merges suggested, made and undone; consent noted."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from conversations.models import Contact, ContactIdentity, ContactMerge, Conversation, MergeSuggestion
from conversations.selectors.conversations import with_newest
from conversations.selectors.search import parsed, search_contacts
from conversations.services import consent, merging
from core.audit import Actor
from core.fragments import fragment_response
from dashboard.answers import done, wrong
from dashboard.composer import standing_context
from dashboard.views.lists import visible

Kind = ContactIdentity.Kind
#: Contacts that are offered for a merge at a time.
SHOWN = 20


@require_GET
@workspace_view(Permission.CONVERSATIONS_VIEW)
def standing(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """What may be sent now, and what stands in the way."""
    conversation = visible(request, number)
    context = {"workspace_id": request.workspace.pk, "conversation": conversation, **standing_context(request, conversation)}
    return fragment_response(request, "dashboard/_standing.html", context)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def consent_noted(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Note that the contact allows messages on this channel again (`given=1`), or wants none."""
    is_given = request.POST.get("given") == "1"
    consent.note_by_agent(visible(request, number).identity, is_given=is_given, by=request.user)
    answer = done(_("Noted"))
    answer["HX-Trigger-After-Settle"] = "standing-changed"
    return answer


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def merge(request: WorkspaceRequest, number: int, suggestion: UUID) -> HttpResponseBase:
    """Merge the contact of a suggestion into this conversation's, which can be undone; or note that they are two people."""
    conversation = visible(request, number)
    found = _suggestion(conversation, suggestion)
    if request.POST.get("same") == "0":
        merging.dismiss(found, actor=Actor.user(request.user.pk))
        return done(_("Noted: two people"))
    return _merged(conversation, found.other if found.contact_id == conversation.contact_id else found.contact, request)


@require_GET
@workspace_view(Permission.CONTACTS_EDIT)
def merge_picker(request: WorkspaceRequest, number: int) -> HttpResponseBase:
    """Other contacts to merge with, by what is typed (`q`); `rows` asks for the rows alone."""
    conversation, typed = visible(request, number), request.GET.get("q", "")[:200]
    found = search_contacts(request.membership, parsed(typed), typed, size=SHOWN + 1)
    known = [one for one, _newest in with_newest(request.membership, found, each=1)]
    others = [one for one in known if one.pk != conversation.contact_id][:SHOWN]
    context = {
        "workspace_id": request.workspace.pk,
        "conversation": conversation,
        "people": [(one, _addresses(one)) for one in others],
        "is_searching": bool(typed.strip()),
    }
    return fragment_response(request, f"dashboard/_merge_{'rows' if 'rows' in request.GET else 'picker'}.html", context)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def merge_with(request: WorkspaceRequest, number: int, contact: UUID) -> HttpResponseBase:
    """Merge a contact that an agent found into this conversation's."""
    conversation = visible(request, number)
    other = get_object_or_404(Contact.objects.filter(merged_into=None).exclude(pk=conversation.contact_id), pk=contact)
    if not with_newest(request.membership, [other], each=1):
        raise Http404
    return _merged(conversation, other, request)


@require_POST
@workspace_view(Permission.CONTACTS_EDIT)
def unmerge(request: WorkspaceRequest, number: int, merge: UUID) -> HttpResponseBase:
    """Take the last merged contact out again."""
    conversation = visible(request, number)
    done_once = get_object_or_404(ContactMerge.objects.filter(contact=conversation.contact), pk=merge)
    merging.undo(done_once, actor=Actor.user(request.user.pk))
    return done(_("Two contacts again"))


def _merged(conversation: Conversation, other: Contact, request: WorkspaceRequest) -> HttpResponseBase:
    try:
        merging.merge(conversation.contact, other, by=request.user)
    except ValidationError as error:
        return wrong(error)
    return done(_("Merged into one contact"), closes_dialog=True)


def _addresses(contact: Contact) -> list[str]:
    """What tells a contact from another of the same name."""
    return [one.value for one in contact.identities.all() if one.kind in (Kind.EMAIL, Kind.PHONE)][:3]


def _suggestion(conversation: Conversation, suggestion: UUID) -> MergeSuggestion:
    found = get_object_or_404(MergeSuggestion.objects.select_related("contact", "other"), pk=suggestion)
    if conversation.contact_id not in (found.contact_id, found.other_id):
        raise Http404
    return found
