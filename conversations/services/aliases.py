"""The several values under which a platform knows one person: one identity carries conversations, the others name it."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from conversations.identities import identity_index, sender_index
from conversations.models import ContactIdentity, Inbox, MergeSuggestion
from conversations.normalised import Sender
from conversations.services import merging

#: The kind of an identity and the blind index of its value.
type Mark = tuple[str, bytes]


def marks_of(sender: Sender) -> list[Mark]:
    """Every value of a sender as it is looked up, the best first."""
    own = (sender.kind, sender_index(sender.kind, sender.value, is_verified=sender.is_verified))
    return [own, *((sender.kind, identity_index(sender.kind, value)) for value in sender.also)]


def known_by(inbox: Inbox, marks: Iterable[Mark]) -> dict[Mark, ContactIdentity]:
    """The inbox's identities under these marks; for another value of one, the one that carries its conversations."""
    wanted = set(marks)
    known = ContactIdentity.objects.select_related("contact", "same_as__contact")
    found = known.filter(inbox=inbox, value_index__in={index for _kind, index in wanted})
    return {mark: one.same_as or one for one in found if (mark := (one.kind, bytes(one.value_index or b""))) in wanted}


def attach(inbox: Inbox, identity: ContactIdentity, sender: Sender, known: Mapping[Mark, ContactIdentity]) -> None:
    """Note a sender's further values at their identity; where one is somebody else's, suggest that they are one person."""
    for mark, value in zip(marks_of(sender), (sender.value, *sender.also), strict=True):
        other = known.get(mark)
        if other is None:
            _add(inbox, identity, mark, value, is_verified=sender.is_verified)
        elif other.contact_id != identity.contact_id:
            merging.suggest(identity.contact, other.contact, MergeSuggestion.Reason.CHANNEL)


def _add(inbox: Inbox, identity: ContactIdentity, mark: Mark, value: str, *, is_verified: bool) -> None:
    if (identity.kind, bytes(identity.value_index or b"")) == mark:
        return
    alias = ContactIdentity(
        contact=identity.contact, inbox=inbox, kind=mark[0], value=value, value_index=mark[1], same_as=identity
    )
    alias.is_verified, alias.verified_at = is_verified, timezone.now() if is_verified else None
    alias.save(force_insert=True)


def values_of(identity: ContactIdentity) -> Sequence[str]:
    """The further values of an identity, oldest first."""
    return [one.value for one in identity.aliases.order_by("id")]
