"""An open conversation as its page shows it: thread, composer, contact."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest

from accounts.access import WorkspaceRequest
from accounts.permissions import Permission
from channels_app.registry import all_adapters
from conversations.models import Contact, ContactIdentity, ContactNote, Conversation, Message
from conversations.selectors.conversations import earlier_conversations
from conversations.selectors.directory import Named
from conversations.selectors.timeline import ThreadPage, thread_page
from conversations.services import merging
from dashboard.composer import composer_context
from dashboard.filters import filter_from, filter_query
from dashboard.presenters import bubbles_of
from dashboard.wording import Names
from knowledge.languages import name_of

EARLIER_SHOWN = 5
#: How many messages after the one that a link points at are shown with it.
AROUND = 20


def thread_context(
    request: WorkspaceRequest, conversation: Conversation, earlier: list[Conversation], known: Names
) -> dict[str, Any]:
    """Everything about one conversation. `read_seq` is how far this agent had read before opening it."""
    at = request.GET.get("at", "")
    page = thread_page(conversation, before=int(at) + AROUND if at.isdigit() else None)
    read_seq = int(conversation.read_seqs.get(str(request.user.pk), 0))
    return {
        **head_context(request, conversation, known),
        "known": known,
        "read_seq": read_seq,
        "at": at if at.isdigit() else "",
        "first_unread": next((one.seq for one in page.messages if one.kind == "inbound" and one.seq > read_seq), None),
        **composer_context(request, conversation),
        "comment": _comment_to_answer(page),
        **messages_context(request, conversation, page, known),
        **contact_context(request, conversation, known, earlier),
    }


def head_context(request: WorkspaceRequest, conversation: Conversation, known: Names) -> dict[str, Any]:
    """The head of the thread: who, what state, and what may be done."""
    return {
        "workspace_id": request.workspace.pk,
        "conversation": conversation,
        "can_manage": request.membership.can(Permission.CONVERSATIONS_MANAGE),
        "assignee_name": known.people.get(str(conversation.assignee_id)) or _former(conversation),
        "conversation_labels": [known.labels[str(one)] for one in conversation.label_ids if str(one) in known.labels],
        "query": filter_query(filter_from(request.GET)),
    }


def _former(conversation: Conversation) -> str:
    """The assignee's name where they are no member any more."""
    return conversation.assignee.name if conversation.assignee else ""


def messages_context(
    request: HttpRequest, conversation: Conversation, page: ThreadPage, known: Names, *, after: Message | None = None
) -> dict[str, Any]:
    """A page of the thread."""
    return {
        "bubbles": list(bubbles_of(page.messages, conversation, known, after=after)),
        "has_earlier": page.has_earlier,
        "has_later": page.has_later,
        "first_seq": page.messages[0].seq if page.messages else 0,
        "last_seq": page.messages[-1].seq if page.messages else 0,
    }


def _comment_to_answer(page: ThreadPage) -> Message | None:
    """A comment that nobody has answered: an answer goes to its writer alone, as an answer to it."""
    last = next((one for one in reversed(page.messages) if one.kind in (Message.Kind.INBOUND, Message.Kind.OUTBOUND)), None)
    return last if last is not None and last.content_type == "comment" and not page.has_later else None


def _one_person(contact: Contact) -> dict[str, Any]:
    """Who may be the same person, and who was merged into this contact last."""
    known = merging.suggestions_of(contact)
    has_merged = any(one.state == one.State.MERGED for one, _other in known)
    return {
        "same_person": [(one, other) for one, other in known if one.state == one.State.OPEN],
        "last_merge": merging.last_merge_into(contact) if has_merged else None,
    }


def _shown_identities(contact: Contact, known: Names) -> Iterator[tuple[ContactIdentity, Named | None, str]]:
    """What a contact is known by: each identity with its inbox and how it is read; ids that tell people nothing are left out."""
    for one in contact.identities.order_by("id"):
        inbox = known.inboxes.get(one.inbox_id) if one.inbox_id else None
        adapter = all_adapters().get(inbox.channel) if inbox else None
        shown = adapter.shown_address(one.value) if adapter else one.value
        if shown or one.stopped_at or not one.is_reachable:
            yield one, inbox, shown


def contact_context(
    request: WorkspaceRequest, conversation: Conversation, known: Names, earlier: list[Conversation] | None = None
) -> dict[str, Any]:
    """The person behind the conversation: identities, attributes, earlier conversations, notes."""
    contact = conversation.contact
    if earlier is None:
        earlier = list(earlier_conversations(request.membership, contact, conversation)[:EARLIER_SHOWN])
    return {
        "contact": contact,
        "contact_language": name_of(contact.language),
        **_one_person(contact),
        "identities": list(_shown_identities(contact, known)),
        "earlier": earlier,
        "contact_notes": [
            (one, known.people.get(str(one.author_id)) or one.author.name)
            for one in ContactNote.objects.filter(contact=contact).order_by("-id")[:20]
        ],
    }
