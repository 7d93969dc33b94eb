"""Applying what contacts wrote: many messages of an inbox by few statements, or one by the same ones."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from conversations.identities import provider_index
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from conversations.normalised import InboundMessage, RemoteFile, Thread
from conversations.services import attachments, originals, threads
from conversations.services.contacts import identity_of_owner, resolve_identities, resolve_identity
from conversations.services.messages import Draft, add_messages
from conversations.services.opening import live_conversations, past_conversation

SEEN_EVERY = timedelta(minutes=1)

_WROTE = f"""
    UPDATE {ContactIdentity._meta.db_table} AS identity SET wrote_at = new.at
    FROM unnest(%s::uuid[], %s::timestamptz[]) AS new(id, at) WHERE identity.id = new.id
"""  # noqa: S608  # the table's own name


def is_plain(event: object) -> bool:
    """Whether an event may be applied together with others: a message that depends on none of them.

    Where it opens a conversation of its own it may have a subject, files that came with it, and its sender's own value as
    a claim: nobody else of the inbox can claim that.
    """
    return isinstance(event, InboundMessage) and not (
        event.sender.also
        or event.uploads
        or event.reply_to
        or event.is_past
        or any(isinstance(file, RemoteFile) for file in event.files)
        or any((claim.kind, claim.value) != (event.sender.kind, event.sender.value) for claim in event.sender.claims)
        or (event.thread and (event.thread.conversation or event.thread.answers))
    )


def apply_messages(inbox: Inbox, events: Sequence[InboundMessage]) -> list[Contact | None]:
    """Apply messages in this order; return each one's contact, None where the message was here before.

    More than one at a time only where all are plain. The caller holds the locks of their senders.
    """
    events = _told_apart(inbox, events)
    indexes = [provider_index(event.provider_id) for event in events]
    here = set(Message.objects.filter(inbox=inbox, provider_index__in=indexes).values_list("provider_index", flat=True))
    known = {bytes(index) for index in here if index}
    new: dict[bytes, InboundMessage] = {}
    for index, event in zip(indexes, events, strict=True):
        if index not in known:
            new.setdefault(index, event)
    contacts = _apply_new(inbox, new) if new else {}
    return [contacts.pop(index, None) for index in indexes]


def _told_apart(inbox: Inbox, events: Sequence[InboundMessage]) -> list[InboundMessage]:
    """Messages whose id another one bears already, under ids of their own; any others as they are.

    Whoever guesses or has read an id could else send first, and the real message would be taken for a copy of theirs.
    """
    indexes = {event.provider_id: provider_index(event.provider_id) for event in events if "content_hash" in event.data}
    if not indexes:
        return list(events)
    bearers = Message.objects.filter(inbox=inbox, provider_index__in=indexes.values(), deleted_at=None)
    hashes = {bytes(one.provider_index or b""): one.data.get("content_hash") for one in bearers}
    found = []
    for event in events:
        own = event.data.get("content_hash")
        first = hashes.setdefault(indexes[event.provider_id], own) if own is not None else None
        found.append(event if first in (None, own) else _twin(event))
    return found


def _twin(event: InboundMessage) -> InboundMessage:
    own = f"{event.provider_id}#{event.data['content_hash']}"
    return replace(event, provider_id=own, data={**event.data, "is_twin": True})


def _apply_new(inbox: Inbox, events: dict[bytes, InboundMessage]) -> dict[bytes, Contact | None]:
    places = _places(inbox, list(events.values()))
    entries = [
        (conversation, _draft(event, index, identity, conversation))
        for (index, event), (identity, conversation) in zip(events.items(), places, strict=True)
    ]
    messages = add_messages(entries)
    for message, event in zip(messages, events.values(), strict=True):
        _attach(message, event)
    identities = [identity for identity, _conversation in places]
    _wrote(identities, events.values())
    _seen({identity.contact_id: identity.contact for identity in identities}.values())
    return {index: identity.contact for index, identity in zip(events, identities, strict=True)}


def _places(inbox: Inbox, events: Sequence[InboundMessage]) -> list[tuple[ContactIdentity, Conversation]]:
    """Who wrote each message, and the conversation that it belongs to."""
    if events[0].is_past:
        return [_past_place(inbox, event) for event in events]
    if len(events) == 1 and events[0].thread is not None:
        return [_threaded_place(inbox, events[0], events[0].thread)]
    identities = resolve_identities(inbox, [event.sender for event in events])
    pairs = list(zip(identities, events, strict=True))
    opened = iter(threads.opened(inbox, [(identity, event.thread) for identity, event in pairs if event.thread is not None]))
    live = live_conversations(inbox, [identity for identity, event in pairs if event.thread is None])
    return [(identity, live[identity.pk] if event.thread is None else next(opened)) for identity, event in pairs]


def _threaded_place(inbox: Inbox, event: InboundMessage, thread: Thread) -> tuple[ContactIdentity, Conversation]:
    owner = threads.owner_of(inbox, event)
    identity = identity_of_owner(inbox, event.sender, owner) if owner else resolve_identity(inbox, event.sender)
    return identity, threads.conversation_of(inbox, identity, thread, is_automatic=event.is_automatic)


def _past_place(inbox: Inbox, event: InboundMessage) -> tuple[ContactIdentity, Conversation]:
    identity = resolve_identity(inbox, event.sender)
    return identity, past_conversation(inbox, identity)


def _attach(message: Message, event: InboundMessage) -> None:
    """Give a message what came with it besides its text."""
    if event.uploads:
        attachments.attach_uploads(message, event.uploads, uploader=event.sender.value)
    attachments.attach_files(message, event.files)
    originals.keep(message, event)


def _draft(event: InboundMessage, index: bytes, identity: ContactIdentity, conversation: Conversation) -> Draft:
    return Draft(
        kind=Message.Kind.INBOUND,
        body=event.text,
        content_type=event.content_type,
        data={**event.data, "html": originals.look_of(event.html)} if event.html else event.data,
        author_contact=identity.contact,
        reply_to=_replied_to(conversation, event.reply_to) if event.reply_to else None,
        provider_id=event.provider_id,
        provider_index=index,
        occurred_at=event.occurred_at,
        has_files=bool(event.uploads or event.files),
        is_silent=identity.contact.is_blocked or event.is_automatic or event.is_past,
    )


def _wrote(identities: Sequence[ContactIdentity], events: Iterable[InboundMessage]) -> None:
    """Note when each identity last wrote, by the channel's clock but not in our future."""
    now = timezone.now()
    latest: dict[UUID, datetime] = {}
    for identity, event in zip(identities, events, strict=True):
        if not event.is_automatic:
            known = latest.get(identity.pk) or identity.wrote_at
            moment = min(event.occurred_at, now)
            latest[identity.pk] = max(known, moment) if known else moment
    if latest:
        with connection.cursor() as cursor:
            cursor.execute(_WROTE, [list(latest), list(latest.values())])


def _seen(contacts: Iterable[Contact]) -> None:
    """Note when contacts were last here, to the minute: not one more write for each of many quick messages."""
    now = timezone.now()
    stale = [one.pk for one in contacts if one.last_seen_at is None or now - one.last_seen_at > SEEN_EVERY]
    if stale:
        Contact.objects.filter(pk__in=stale).update(last_seen_at=now)


def _replied_to(conversation: Conversation, reference: str) -> Message | None:
    """The message that a reply points at, by the platform's id or, on our own channels, by ours."""
    known = Q(provider_index=provider_index(reference))
    with suppress(ValueError):
        known |= Q(pk=UUID(reference))
    return Message.objects.filter(known, conversation=conversation).first()
