"""Keeping the blind word index in step with messages and contacts, and rebuilding it when it is lost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import batched
from uuid import UUID

from conversations.models import Contact, ContactIdentity, Conversation, Message, SearchEntry
from conversations.words import in_slice, index_terms, slice_of
from core.tenancy import scope
from core.vault.blind import search_tokens

Source = SearchEntry.Source
BATCH = 500


def index_message(message: Message, conversation: Conversation) -> None:
    """Index a message's words, replacing what was indexed for it before."""
    index_messages([(message, conversation)])


def index_messages(messages: Iterable[tuple[Message, Conversation]]) -> None:
    """The same for several messages, by one statement."""
    _store([_entry_of_message(message, conversation.contact_id) for message, conversation in messages])


def index_contact(contact: Contact) -> None:
    """Index a contact's name, general identities and attribute values."""
    index_contacts([contact])


def index_contacts(contacts: Sequence[Contact]) -> None:
    """The same for several contacts, by two statements."""
    values: defaultdict[UUID, list[str]] = defaultdict(list)
    for identity in ContactIdentity.objects.filter(contact__in=contacts, inbox=None):
        values[identity.contact_id].append(identity.value)
    _store([_entry_of_contact(contact, values[contact.pk]) for contact in contacts])


def forget(ids: Iterable[UUID]) -> None:
    """Remove the words of messages or contacts."""
    SearchEntry.objects.filter(id__in=list(ids)).delete()


def rebuild(workspace_id: UUID, *, after: UUID | None = None) -> UUID | None:
    """Index the next batch of messages (and, first, all contacts) of a workspace; the id to go on after, or None.

    Rows that are indexed already are left alone, so it can be stopped and resumed, and runs beside the traffic.
    """
    with scope(workspace_id):
        if after is None:
            for contacts in batched(Contact.objects.order_by("id").iterator(BATCH), BATCH, strict=False):
                index_contacts(contacts)
        messages = Message.objects.exclude(kind=Message.Kind.ACTIVITY).select_related("conversation").order_by("-id")
        if after is not None:
            messages = messages.filter(id__lt=after)
        # Locked, so that none is edited or erased between being read here and its words being stored.
        batch = list(messages.select_for_update(of=("self",), no_key=True)[:BATCH])
        known = set(SearchEntry.objects.filter(id__in=[one.pk for one in batch]).values_list("id", flat=True))
        missing = [one for one in batch if one.pk not in known and one.body]
        _store([_entry_of_message(one, one.conversation.contact_id) for one in missing])
        return batch[-1].pk if batch else None


def is_lost(workspace_id: UUID) -> bool:
    """Whether the index of a workspace was emptied by a crash, or a rebuilding of it has not come to its end.

    The oldest message with words tells: it is indexed last, and what comes in after a crash does not cover it up.
    """
    with scope(workspace_id):
        for message in Message.objects.exclude(kind=Message.Kind.ACTIVITY).order_by("id")[:BATCH].iterator(20):
            if message.body:
                return not SearchEntry.objects.filter(id=message.pk).exists()
    return False


def _entry_of_message(message: Message, contact_id: UUID) -> SearchEntry:
    tokens = _tokens(message.body, message.pk, message.workspace_id)
    return SearchEntry(
        id=message.pk,
        workspace_id=message.workspace_id,
        source=Source.MESSAGE,
        inbox_id=message.inbox_id,
        conversation_id=message.conversation_id,
        contact_id=contact_id,
        tokens=tokens,
    )


def _entry_of_contact(contact: Contact, identities: list[str]) -> SearchEntry:
    parts = [contact.name, *(str(value) for value in contact.attributes.values()), *identities]
    tokens = _tokens(" ".join(parts), contact.pk, contact.workspace_id)
    return SearchEntry(
        id=contact.pk, workspace_id=contact.workspace_id, source=Source.CONTACT, contact_id=contact.pk, tokens=tokens
    )


def _tokens(text: str, row_id: UUID, workspace_id: UUID) -> list[int]:
    """The tokens of a text's words, and of the slice of time by which the newest are found first."""
    return search_tokens([*index_terms(text), in_slice(slice_of(row_id))], workspace_id=workspace_id)


def _store(entries: list[SearchEntry]) -> None:
    """One statement per batch; a row that exists is replaced."""
    SearchEntry.objects.bulk_create(entries, update_conflicts=True, unique_fields=["id"], update_fields=["tokens"])
