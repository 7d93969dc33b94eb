"""Applying what channels said: contacts, conversations, messages, receipts. Each event is applied once."""

from dataclasses import replace
from functools import singledispatch

from django.db import transaction

from conversations.identities import provider_index
from conversations.models import Contact, Conversation, Inbox, Message, Reaction
from conversations.normalised import (
    AddressChanged,
    ConsentChanged,
    DeliveredUpTo,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Normalised,
    NotYetError,
    Reachable,
    ReactionChanged,
    ReadUpTo,
    Receipt,
    SeenUntil,
    Sender,
)
from conversations.services import consent, contacts, echoes, edits, inbound_messages, receipts, watermarks
from conversations.services.contacts import resolve_identity
from conversations.services.deletion import erase_message
from conversations.services.messages import message_changed


@transaction.atomic(savepoint=False)
def apply(inbox: Inbox, event: Normalised) -> Contact | None:
    """Apply one normalised event to the inbox's workspace and return its contact, where it made something of theirs.

    Applying it again changes nothing. The caller holds the lock of the event's sender, so one sender's events are
    applied one after another.
    """
    return _apply(event, inbox)


@singledispatch
def _apply(event: object, inbox: Inbox) -> Contact | None:
    raise TypeError(f"No service applies {type(event).__name__}")


@_apply.register
def _(event: InboundMessage, inbox: Inbox) -> Contact | None:
    return inbound_messages.apply_messages(inbox, [event])[0]


@_apply.register
def _(event: MessageEdited, inbox: Inbox) -> Contact | None:
    message = _authors_message(inbox, event)
    if message is None or message.deleted_at or message.body == event.text:
        return None
    edits.change_text(message, event.text, event.occurred_at)
    return message.author_contact


@_apply.register
def _(event: MessageDeleted, inbox: Inbox) -> Contact | None:
    message = _authors_message(inbox, event)
    if message is not None:
        erase_message(message)
    return message.author_contact if message else None


@_apply.register
def _(event: ReactionChanged, inbox: Inbox) -> Contact | None:
    message = Message.objects.filter(inbox=inbox, provider_index=provider_index(event.provider_id)).first()
    if message is None:
        raise NotYetError("the message it is about")
    contact = resolve_identity(inbox, event.sender).contact
    if message.conversation.contact_id != contact.pk:
        return None
    reaction = Reaction.objects.filter(message=message, author_contact=contact).first()
    if event.emoji and reaction is None:
        Reaction(message=message, author_contact=contact, emoji=event.emoji).save(force_insert=True)
    elif event.emoji and reaction is not None:
        reaction.emoji = event.emoji
        reaction.save(update_fields=["emoji"])
    elif reaction is not None:
        reaction.delete()
    message_changed(message, message.conversation)
    return contact


@_apply.register
def _(event: Receipt, inbox: Inbox) -> Contact | None:
    receipts.receive(inbox, event)
    return None


@_apply.register
def _(event: Echo, inbox: Inbox) -> Contact | None:
    return echoes.apply_echo(inbox, event)


@_apply.register
def _(event: AddressChanged, inbox: Inbox) -> Contact | None:
    identity = contacts.known_identity(inbox, event.sender)
    if identity is None or not contacts.change_address(identity, event.new_value):
        return None
    return contacts.resolve_identity(inbox, replace(event.sender, value=event.new_value, also=event.also)).contact


@_apply.register
def _(event: Reachable, inbox: Inbox) -> Contact | None:
    identity = contacts.known_identity(inbox, event.sender)
    if identity is None:
        return None
    contacts.set_reachable(identity, is_reachable=event.is_reachable)
    return identity.contact


@_apply.register
def _(event: ReadUpTo, inbox: Inbox) -> Contact | None:
    conversation = _live_of(inbox, event.sender)
    if conversation is not None:
        receipts.advance_up_to(conversation, event.seq, Message.Status.READ, event.occurred_at)
    return conversation.contact if conversation else None


@_apply.register
def _(event: DeliveredUpTo, inbox: Inbox) -> Contact | None:
    conversation = _live_of(inbox, event.sender)
    if conversation is not None:
        receipts.advance_up_to(conversation, event.seq, Message.Status.DELIVERED, event.occurred_at)
    return conversation.contact if conversation else None


@_apply.register
def _(event: SeenUntil, inbox: Inbox) -> Contact | None:
    return watermarks.apply_seen(inbox, event)


@_apply.register
def _(event: ConsentChanged, inbox: Inbox) -> Contact | None:
    identity = contacts.resolve_identity(inbox, event.sender)
    consent.change(
        identity, purpose=event.purpose, is_given=event.is_given, source=consent.Source.PLATFORM, occurred_at=event.occurred_at
    )
    return identity.contact


def _authors_message(inbox: Inbox, event: MessageEdited | MessageDeleted) -> Message | None:
    """A message that this event's sender wrote, or the company did: nobody edits or deletes another person's."""
    kind = Message.Kind.OUTBOUND if event.by_company else Message.Kind.INBOUND
    known = Message.objects.select_related("conversation", "author_contact")
    message = known.filter(inbox=inbox, provider_index=provider_index(event.provider_id), kind=kind).first()
    if message is None:
        raise NotYetError("the message it is about")
    if event.by_company:
        return message
    author, identity = message.author_contact, contacts.known_identity(inbox, event.sender)
    is_own = author and identity and identity.contact_id in (author.pk, author.merged_into_id)
    return message if is_own else None


def _live_of(inbox: Inbox, sender: Sender) -> Conversation | None:
    identity = contacts.known_identity(inbox, sender)
    return Conversation.objects.filter(identity=identity).order_by("-id").first() if identity else None
