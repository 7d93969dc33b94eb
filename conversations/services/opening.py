"""Which conversation a contact's words belong to."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from conversations.assistant import is_held
from conversations.models import ContactIdentity, Conversation, ConversationCounter, Inbox
from conversations.services.messages import add_activity, conversation_changed
from core.events import publish_all
from core.events.models import Event
from core.tenancy import current_workspace_id

#: A contact who comes back within this time goes on in the same conversation.
REOPEN_WITHIN = timedelta(days=14)

Status = Conversation.Status


def live_conversation(inbox: Inbox, identity: ContactIdentity) -> Conversation:
    """The conversation in which an identity goes on: its live one, its last one reopened, or a new one."""
    return live_conversations(inbox, [identity])[identity.pk]


def live_conversations(inbox: Inbox, identities: Sequence[ContactIdentity]) -> dict[UUID, Conversation]:
    """The same for several identities of an inbox, by their ids."""
    known = {identity.pk: identity for identity in identities}
    last = Conversation.objects.filter(identity__in=known, is_threaded=False).order_by("identity_id", "-id")
    found: dict[UUID, Conversation] = {}
    for conversation in last.distinct("identity_id"):
        identity = known[conversation.identity_id]
        conversation.identity, conversation.inbox, conversation.contact = identity, inbox, identity.contact
        if goes_on(conversation):
            found[identity.pk] = conversation
    missing = [identity for key, identity in known.items() if key not in found]
    return found | {one.identity_id: one for one in _open_conversations(inbox, missing)}


def past_conversation(inbox: Inbox, identity: ContactIdentity) -> Conversation:
    """The conversation in which an imported message is kept: the identity's last one as it is, or a new one at rest."""
    last = Conversation.objects.filter(identity=identity, is_threaded=False).order_by("-id").first()
    if last is not None:
        last.identity, last.inbox, last.contact = identity, inbox, identity.contact
        return last
    rest = {"status": Status.RESOLVED, "resolved_at": timezone.now()}
    return opened_all([new_conversation(identity, inbox, next_numbers(1), **rest)])[0]


def goes_on(conversation: Conversation) -> bool:
    """Have a conversation go on with what its contact wrote: reopened where it rested. False when it ended too long ago."""
    if conversation.contact.is_blocked:
        return True
    if conversation.status == Status.RESOLVED:
        if conversation.resolved_at and conversation.resolved_at < timezone.now() - REOPEN_WITHIN:
            return False
        _reopen(conversation)
    elif conversation.status == Status.SNOOZED or (conversation.status == Status.PENDING and not is_held(conversation.pk)):
        _reopen(conversation)
    return True


def _reopen(conversation: Conversation) -> None:
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    conversation.save(update_fields=["status", "snoozed_until", "resolved_at"])
    add_activity(conversation, "reopened_by_contact")
    conversation_changed(conversation, "status")


def _open_conversations(inbox: Inbox, identities: Sequence[ContactIdentity]) -> list[Conversation]:
    if not identities:
        return []
    first = next_numbers(len(identities))
    return opened_all([new_conversation(identity, inbox, number) for number, identity in enumerate(identities, first)])


def new_conversation(identity: ContactIdentity, inbox: Inbox, number: int, **more: Any) -> Conversation:
    """An unsaved conversation of an identity; `more` are further fields."""
    return Conversation(
        workspace_id=inbox.workspace_id,
        number=number,
        inbox=inbox,
        contact=identity.contact,
        identity=identity,
        contact_name=identity.contact.name,
        team_id=inbox.team_id,
        last_activity_at=timezone.now(),
        **more,
    )


def opened_all(conversations: list[Conversation]) -> list[Conversation]:
    """Store new conversations and announce them."""
    Conversation.objects.bulk_create(conversations)
    publish_all([_created(conversation) for conversation in conversations])
    return conversations


def _created(conversation: Conversation) -> Event:
    return Event(
        type="conversation.created",
        inbox_id=conversation.inbox_id,
        conversation_id=conversation.pk,
        contact_id=conversation.contact_id,
        # A keyed hash: by it a visitor's socket knows its own first conversation without asking the database.
        data={"identity_hash": (conversation.identity.value_index or b"").hex()},
    )


def next_numbers(count: int) -> int:
    """The first of `count` numbers for new conversations."""
    counters = ConversationCounter.objects.select_for_update()
    counter = counters.first()
    if counter is None:
        ConversationCounter.objects.bulk_create([ConversationCounter(workspace_id=current_workspace_id())], ignore_conflicts=True)
        counter = counters.get()
    first = counter.last_number + 1
    counter.last_number += count
    counter.save(update_fields=["last_number"])
    return first
