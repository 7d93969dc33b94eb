"""The masker of a conversation: what its contact's profile holds is masked by its value, besides what has a form."""

from collections.abc import Iterator

from ai.engine.placeholders import Known, Masker
from conversations.models import Contact, ContactIdentity, Conversation, Participant
from conversations.selectors.people import ids_of_person

#: Parts of names that are words of every sentence as well.
_PARTICLES = frozenset(
    ("and", "bin", "dal", "das", "del", "den", "der", "des", "dos", "las", "les", "los", "the", "ter", "van", "von", "zum", "zur")
)
#: Shorter attributes ("yes", "gold") say nothing of a person and would take words out of every sentence.
_SHORTEST_ATTRIBUTE = 5
_KINDS = {ContactIdentity.Kind.EMAIL: "EMAIL", ContactIdentity.Kind.PHONE: "PHONE"}


def masker_of(conversation: Conversation) -> Masker:
    """A new masker that knows the contact's name, addresses and attributes, and those in copy. Keep one for one piece of work:
    it holds what it masked. Inside the scope; it opens the contact's encrypted fields."""
    return Masker(_known_of(conversation))


def _known_of(conversation: Conversation) -> Iterator[Known]:
    for contact in Contact.objects.filter(pk__in=ids_of_person(conversation.contact_id)):
        yield from _known_of_contact(contact)
    for participant in Participant.objects.filter(conversation=conversation):
        yield Known("EMAIL", participant.address)
        yield from _names(participant.name)


def _known_of_contact(contact: Contact) -> Iterator[Known]:
    yield from _names(contact.name)
    for identity in ContactIdentity.objects.filter(contact=contact):
        yield Known(_KINDS.get(ContactIdentity.Kind(identity.kind), "ID"), identity.value)
    for value in contact.attributes.values():
        if isinstance(value, str | int) and len(str(value)) >= _SHORTEST_ATTRIBUTE:
            yield Known("DATA", str(value))


def _names(name: str) -> Iterator[Known]:
    """The whole name, and each of its parts that is more than a particle; the masker leaves initials alone."""
    yield Known("PERSON", name)
    yield from (Known("PERSON", part) for part in name.split() if part.casefold() not in _PARTICLES)
