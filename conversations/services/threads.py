"""Channels with threads: to which conversation a message belongs, and who takes part in it."""

from collections.abc import Sequence

from conversations.identities import address_index, identity_index, provider_index
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message, MessageAlias, Participant
from conversations.normalised import InboundMessage, Person, Thread
from conversations.services.opening import goes_on, new_conversation, next_numbers, opened_all
from core.vault.blind import canonical_email

#: Addresses that one message may bring into a conversation.
MAX_PARTICIPANTS = 50
SUBJECT = 255
_RELATED = ("contact", "identity", "inbox")


def owner_of(inbox: Inbox, event: InboundMessage) -> Contact | None:
    """The contact who is known to own the sender's address: a token or an id that was sent only there came back from there."""
    if event.thread is None or event.sender.kind != ContactIdentity.Kind.EMAIL:
        return None
    conversation = _named(event.thread) or _sent_on(inbox, event.thread)
    if conversation is None:
        return None
    index = identity_index(ContactIdentity.Kind.EMAIL, event.sender.value)
    own = ContactIdentity.objects.filter(contact=conversation.contact, kind=ContactIdentity.Kind.EMAIL, value_index=index)
    return conversation.contact if own.exists() else None


def conversation_of(inbox: Inbox, identity: ContactIdentity, thread: Thread, *, is_automatic: bool) -> Conversation:
    """The conversation that a message names and may enter, or a new one.

    A token lets its bearer in. A message id lets in only who takes part: ids travel further than the mails they name.
    Automatic mail reopens nothing.
    """
    found = _named(thread) or _answered(inbox, thread, identity)
    if found is None or not (is_automatic or goes_on(found)):
        return opened(inbox, [(identity, thread)])[0]
    if found.contact_id == identity.contact_id:
        found.contact = identity.contact
    add_participants(found, thread.others, besides=identity)
    return found


def opened(inbox: Inbox, entries: Sequence[tuple[ContactIdentity, Thread]]) -> list[Conversation]:
    """New conversations, one for each message that goes on in none."""
    if not entries:
        return []
    conversations = opened_all(
        [
            new_conversation(identity, inbox, number, subject=thread.subject[:SUBJECT], is_threaded=True)
            for number, (identity, thread) in enumerate(entries, next_numbers(len(entries)))
        ]
    )
    for conversation, (identity, thread) in zip(conversations, entries, strict=True):
        add_participants(conversation, thread.others, besides=identity)
    return conversations


def add_participants(conversation: Conversation, people: Sequence[Person], *, besides: ContactIdentity | None = None) -> None:
    """Note who else a message names; addresses that cannot be any are left out."""
    own = canonical_email(besides.value) if besides and besides.kind == ContactIdentity.Kind.EMAIL else ""
    found = {}
    for person in people[:MAX_PARTICIPANTS]:
        try:
            if canonical_email(person.address) != own:
                found[address_index(person.address)] = person
        except ValueError:
            continue
    if not found:
        return
    contact = conversation.contact
    Participant.objects.bulk_create(
        [
            Participant(
                workspace_id=conversation.workspace_id,
                key_id=contact.key_id,
                conversation=conversation,
                address=person.address[:320],
                address_index=index,
                name=person.name[:120],
            )
            for index, person in found.items()
        ],
        ignore_conflicts=True,
    )


def _named(thread: Thread) -> Conversation | None:
    if thread.conversation is None:
        return None
    return Conversation.objects.select_related(*_RELATED).filter(pk=thread.conversation).first()


def _sent_on(inbox: Inbox, thread: Thread) -> Conversation | None:
    """The conversation of another inbox that went on through this one by a message that is answered."""
    indexes = [provider_index(reference) for reference in thread.answers if reference.strip()]
    aliases = MessageAlias.objects.filter(inbox=inbox, provider_index__in=indexes).exclude(message__inbox=inbox)
    named = aliases.values("message__conversation")
    return Conversation.objects.select_related(*_RELATED).filter(pk__in=named).first() if indexes else None


def _answered(inbox: Inbox, thread: Thread, identity: ContactIdentity) -> Conversation | None:
    indexes = [provider_index(reference) for reference in thread.answers if reference.strip()]
    if not indexes:
        return None
    named = Message.objects.filter(inbox=inbox, provider_index__in=indexes)
    places = {bytes(index or b""): place for index, place in named.values_list("provider_index", "conversation_id")}
    aliases = MessageAlias.objects.filter(inbox=inbox, provider_index__in=indexes)
    places |= {bytes(index or b""): place for index, place in aliases.values_list("provider_index", "message__conversation_id")}
    for index in indexes:
        place = places.get(index)
        conversation = Conversation.objects.select_related(*_RELATED).filter(pk=place).first() if place else None
        if conversation is not None and _takes_part(conversation, identity):
            return conversation
    return None


def _takes_part(conversation: Conversation, identity: ContactIdentity) -> bool:
    if conversation.contact_id == identity.contact_id:
        return True
    try:
        index = address_index(identity.value)
    except ValueError:
        return False
    return Participant.objects.filter(conversation=conversation, address_index=index).exists()
