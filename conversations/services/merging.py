"""Contacts who are one person: suggested by what channels say, merged by an agent, and taken apart again.

Nothing is encrypted anew: what was written keeps its key, and the merged contact stays as the holder of that key until
the person is erased.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from conversations.models import Contact, ContactIdentity, ContactMerge, ContactNote, Conversation, MergeSuggestion
from conversations.services import search_index
from conversations.services.messages import rename_contact_in
from core.audit import Action, Actor, record
from core.events import publish

State = MergeSuggestion.State
#: What goes along, by the name under which its ids are kept.
_MOVED: dict[str, Any] = {"identities": ContactIdentity, "conversations": Conversation, "notes": ContactNote}


def suggest(contact: Contact, other: Contact, reason: str) -> None:
    """Suggest that two contacts are one person, unless that was suggested or refused before."""
    first, second = sorted((contact, other), key=lambda one: one.pk)
    if first.pk == second.pk or first.merged_into_id or second.merged_into_id:
        return
    _suggestion, is_new = MergeSuggestion.objects.get_or_create(contact=first, other=second, defaults={"reason": reason})
    if is_new:
        publish("contact.changed", contact_id=first.pk)
        publish("contact.changed", contact_id=second.pk)


def suggestions_of(contact: Contact) -> list[tuple[MergeSuggestion, Contact]]:
    """What is suggested of a contact, or was done: each suggestion with the other contact. Refused ones are left out."""
    found = MergeSuggestion.objects.select_related("contact", "other").filter(Q(contact=contact) | Q(other=contact))
    return [(one, one.other if one.contact_id == contact.pk else one.contact) for one in found.exclude(state=State.DISMISSED)]


@transaction.atomic
def dismiss(suggestion: MergeSuggestion, *, actor: Actor) -> None:
    """Note that two contacts are different people: it is not suggested again."""
    suggestion.state = State.DISMISSED
    suggestion.save(update_fields=["state"])
    record(Action.CONTACT_CHANGED, actor=actor, target=suggestion.contact, suggestion="dismissed")
    publish("contact.changed", contact_id=suggestion.contact_id)
    publish("contact.changed", contact_id=suggestion.other_id)


@transaction.atomic
def merge(contact: Contact, other: Contact, *, by: User) -> ContactMerge:
    """Make `other` a part of `contact`: identities, conversations and notes go along. Raises ValidationError, in words.

    A restriction of either holds for both: whoever is blocked stays blocked.
    """
    first, second = Contact.objects.select_for_update().filter(pk__in=(contact.pk, other.pk)).order_by("pk")
    contact, other = (first, second) if first.pk == contact.pk else (second, first)
    if contact.merged_into_id or other.merged_into_id:
        raise ValidationError(_("One of them was merged already. Reload the page."))
    moved = {name: _move(model, other, contact) for name, model in _MOVED.items()}
    rename_contact_in(Conversation.objects.filter(contact=contact), contact.name or other.name)
    added = [name for name in other.attributes if name not in contact.attributes]
    before = {"was_nameless": not contact.name, "was_blocked": contact.is_blocked, "attributes": added}
    done = ContactMerge.objects.create(contact=contact, other=other, user=by, moved={**moved, **before})
    contact.name = contact.name or other.name
    contact.attributes = {**{name: other.attributes[name] for name in added}, **contact.attributes}
    contact.is_blocked = contact.is_blocked or other.is_blocked
    contact.save(update_fields=["name", "attributes", "is_blocked"])
    other.merged_into = contact
    other.save(update_fields=["merged_into"])
    MergeSuggestion.objects.update_or_create(
        contact=first,
        other=second,
        defaults={"state": State.MERGED},
        create_defaults={"state": State.MERGED, "reason": MergeSuggestion.Reason.AGENT},
    )
    _announce(contact, other, Actor.user(by.pk), merged=True)
    return done


@transaction.atomic
def undo(done: ContactMerge, *, actor: Actor) -> None:
    """Take two merged contacts apart again: each has what was theirs; what came since stays where it came."""
    done = ContactMerge.objects.select_for_update().select_related("contact", "other").get(pk=done.pk)
    if done.undone_at is not None:
        return
    contact, other = done.contact, done.other
    for name, model in _MOVED.items():
        model.objects.filter(pk__in=done.moved.get(name, []), contact=contact).update(contact=other)
    # What came since on an identity that goes back goes back with it.
    ContactIdentity.objects.filter(same_as__contact=other, contact=contact).update(contact=other)
    Conversation.objects.filter(identity__contact=other, contact=contact).update(contact=other)
    if done.moved.get("was_nameless"):
        contact.name = ""
    for one in (contact, other):
        rename_contact_in(Conversation.objects.filter(contact=one), one.name)
    contact.is_blocked = bool(done.moved.get("was_blocked"))
    contact.attributes = {key: value for key, value in contact.attributes.items() if key not in done.moved.get("attributes", [])}
    contact.save(update_fields=["name", "is_blocked", "attributes"])
    other.merged_into = None
    other.save(update_fields=["merged_into"])
    done.undone_at = timezone.now()
    done.save(update_fields=["undone_at"])
    pair = Q(contact=contact, other=other) | Q(contact=other, other=contact)
    MergeSuggestion.objects.filter(pair).update(state=State.DISMISSED)
    _announce(contact, other, actor, merged=False)


def last_merge_into(contact: Contact) -> ContactMerge | None:
    """The last merge into a contact that stands: it is the one that can be undone."""
    return ContactMerge.objects.select_related("other").filter(contact=contact, undone_at=None).order_by("-id").first()


def _move(model: Any, origin: Contact, target: Contact) -> list[str]:
    """Hand a contact's rows of one kind to another; their ids. A general identity that both have stays: each has it once."""
    rows = list(model.objects.filter(contact=origin))
    if model is ContactIdentity:
        theirs = {(one.kind, one.value_index) for one in target.identities.filter(inbox=None)}
        rows = [one for one in rows if one.inbox_id or (one.kind, one.value_index) not in theirs]
    ids = [one.pk for one in rows]
    model.objects.filter(pk__in=ids).update(contact=target)
    return [str(one) for one in ids]


def _announce(contact: Contact, other: Contact, actor: Actor, *, merged: bool) -> None:
    for one in (contact, other):
        search_index.index_contact(one)
        publish("contact.changed", contact_id=one.pk)
        record(Action.CONTACT_CHANGED, actor=actor, target=one, merged=merged)
