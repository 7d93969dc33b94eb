"""Contacts and identities: who is writing, and what we may conclude from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from conversations.identities import identity_index
from conversations.models import Contact, ContactIdentity, ContactNote, Inbox, MergeSuggestion
from conversations.normalised import Claim, Sender
from conversations.services import aliases, merging, search_index
from conversations.services.aliases import Mark
from conversations.services.messages import rename_contact_in
from core.audit import Action, Actor, record
from core.events import publish, publish_all
from core.events.models import Event
from core.names import plain_name
from core.vault import keyring


def resolve_identity(inbox: Inbox, sender: Sender) -> ContactIdentity:
    """The inbox's identity of a sender, made with a new contact when the channel has never seen it.

    A sender whose verified claim belongs to a known contact joins that contact; an unverified claim is only noted.
    """
    return resolve_identities(inbox, [sender])[0]


def identity_of_owner(inbox: Inbox, sender: Sender, owner: Contact) -> ContactIdentity:
    """The inbox's identity of a sender who is known to be `owner`: theirs, unless somebody else has it already."""
    known = known_identity(inbox, sender)
    if known is not None:
        return known
    index = identity_index(sender.kind, sender.value)
    identity = ContactIdentity(contact=owner, inbox=inbox, kind=sender.kind, value=sender.value, value_index=index)
    identity.is_verified, identity.verified_at = True, timezone.now()
    identity.save(force_insert=True)
    return identity


def resolve_identities(inbox: Inbox, senders: Sequence[Sender]) -> list[ContactIdentity]:
    """The same for several senders, in their order; a sender who is named twice is one identity, the same instance.

    Senders with claims or several values come alone: what one says may decide whose contact the next one is.
    """
    named = [aliases.marks_of(sender) for sender in senders]
    found = aliases.known_by(inbox, (mark for marks in named for mark in marks))
    new = {marks[0]: one for marks, one in zip(named, senders, strict=True) if not any(mark in found for mark in marks)}
    found |= _new_identities(inbox, new)
    identities = [next(found[mark] for mark in marks if mark in found) for marks in named]
    for identity, sender in zip(identities, senders, strict=True):
        if sender.also:
            aliases.attach(inbox, identity, sender, found)
        if not identity.contact.name and (name := plain_name(sender.name)):
            _rename(identity.contact, name)
            _contact_changed(identity.contact)
        for claim in sender.claims:
            add_claim(identity.contact, claim)
    return identities


def _new_identities(inbox: Inbox, senders: Mapping[Mark, Sender]) -> dict[Mark, ContactIdentity]:
    """Identities that the channel has never seen, each with a new contact unless a verified claim names a known one."""
    if not senders:
        return {}
    owners = {mark: _verified_owner(sender.claims) for mark, sender in senders.items()}
    new = _new_contacts(inbox, {mark: sender for mark, sender in senders.items() if owners[mark] is None})
    identities = {
        mark: ContactIdentity(
            workspace_id=inbox.workspace_id,
            contact=owners[mark] or new[mark],
            inbox=inbox,
            kind=sender.kind,
            value=sender.value,
            value_index=mark[1],
            is_verified=sender.is_verified,
            verified_at=timezone.now() if sender.is_verified else None,
        )
        for mark, sender in senders.items()
    }
    ContactIdentity.objects.bulk_create(identities.values())
    return identities


def _new_contacts(inbox: Inbox, senders: Mapping[Mark, Sender]) -> dict[Mark, Contact]:
    if not senders:
        return {}
    keys = keyring.create_contact_keys(inbox.workspace_id, len(senders))
    contacts = {
        mark: Contact(
            workspace_id=inbox.workspace_id,
            key_id=key_id,
            name=plain_name(sender.name),
            language=sender.language,
            attributes=sender.attributes,
            last_seen_at=timezone.now(),
        )
        for (mark, sender), key_id in zip(senders.items(), keys, strict=True)
    }
    Contact.objects.bulk_create(contacts.values())
    search_index.index_contacts(list(contacts.values()))
    publish_all([Event(type="contact.created", contact_id=contact.pk, inbox_id=inbox.pk) for contact in contacts.values()])
    return contacts


def _verified_owner(claims: tuple[Claim, ...]) -> Contact | None:
    for claim in claims:
        if claim.is_verified:
            index = identity_index(claim.kind, claim.value)
            known = ContactIdentity.objects.select_related("contact").filter(
                inbox=None, kind=claim.kind, value_index=index, is_verified=True
            )
            if (found := known.first()) is not None:
                return found.contact
    return None


def add_claim(contact: Contact, claim: Claim) -> ContactIdentity | None:
    """Note a general identity on a contact; None when its value cannot be one. It never merges two contacts: it suggests it."""
    try:
        index = identity_index(claim.kind, claim.value)
    except ValueError:
        return None
    identity, owner = _own_and_owner(contact, claim.kind, index)
    is_verified = claim.is_verified and owner is None
    if owner is not None and claim.kind in MergeSuggestion.Reason.values:
        merging.suggest(contact, owner, claim.kind)
    if identity is None:
        identity = ContactIdentity(contact=contact, kind=claim.kind, value=claim.value, value_index=index)
        identity.is_verified, identity.verified_at = is_verified, timezone.now() if is_verified else None
        identity.save(force_insert=True)
    elif is_verified and not identity.is_verified:
        identity.is_verified, identity.verified_at = True, timezone.now()
        identity.save(update_fields=["is_verified", "verified_at"])
    else:
        return identity
    _contact_changed(contact)
    return identity


def _own_and_owner(contact: Contact, kind: str, index: bytes) -> tuple[ContactIdentity | None, Contact | None]:
    """The contact's own general identity of this value, and another contact of whom it is proven."""
    same = ContactIdentity.objects.filter(inbox=None, kind=kind, value_index=index)
    found = list(same.filter(Q(contact=contact) | Q(is_verified=True)).order_by("id"))
    own = next((one for one in found if one.contact_id == contact.pk), None)
    proven = next((one for one in found if one.contact_id != contact.pk), None)
    return own, proven.contact if proven else None


def change_address(identity: ContactIdentity, new_value: str) -> bool:
    """Note that an identity of an inbox has another value from now on; False when somebody has that already."""
    index = identity_index(identity.kind, new_value)
    if ContactIdentity.objects.filter(inbox=identity.inbox_id, kind=identity.kind, value_index=index).exists():
        return False
    identity.value, identity.value_index = new_value, index
    identity.save(update_fields=["value", "value_index"])
    _contact_changed(identity.contact)
    return True


def set_reachable(identity: ContactIdentity, *, is_reachable: bool) -> None:
    """Note that an identity of an inbox can, or cannot, be written to."""
    if identity.is_reachable != is_reachable:
        identity.is_reachable = is_reachable
        identity.save(update_fields=["is_reachable"])
        _contact_changed(identity.contact)


def known_identity(inbox: Inbox, sender: Sender) -> ContactIdentity | None:
    """The inbox's identity of a sender whom the channel has seen before, under any of their values."""
    marks = [(sender.kind, identity_index(sender.kind, value)) for value in (sender.value, *sender.also)]
    found = aliases.known_by(inbox, marks)
    return next((found[mark] for mark in marks if mark in found), None)


@transaction.atomic
def edit_contact(contact: Contact, *, name: str, attributes: dict[str, Any], actor: Actor) -> Contact:
    """Change a contact's name and custom attributes."""
    _rename(contact, name)
    contact.attributes = attributes
    contact.save(update_fields=["attributes"])
    record(Action.CONTACT_CHANGED, actor=actor, target=contact)
    _contact_changed(contact)
    return contact


@transaction.atomic
def block_contact(contact: Contact, *, is_blocked: bool, actor: Actor) -> None:
    """Block a contact (their messages are stored and kept from the list) or let them in again."""
    contact.is_blocked = is_blocked
    contact.save(update_fields=["is_blocked"])
    record(Action.CONTACT_CHANGED, actor=actor, target=contact, is_blocked=is_blocked)
    _contact_changed(contact)


@transaction.atomic
def add_contact_note(contact: Contact, *, body: str, author: User) -> ContactNote:
    """Write a note about a contact, for the company's eyes."""
    note = ContactNote(contact=contact, author=author, body=body.strip())
    note.save(force_insert=True)
    _contact_changed(contact)
    return note


@transaction.atomic
def delete_contact_note(note: ContactNote, *, actor: Actor) -> None:
    """Remove a note about a contact."""
    contact = note.contact
    note.delete()
    record(Action.CONTACT_CHANGED, actor=actor, target=contact, note="deleted")
    _contact_changed(contact)


def _rename(contact: Contact, name: str) -> None:
    contact.name = name = plain_name(name)
    contact.save(update_fields=["name"])
    rename_contact_in(contact.conversations.all(), name)


def _contact_changed(contact: Contact) -> None:
    search_index.index_contact(contact)
    publish("contact.changed", contact_id=contact.pk)
