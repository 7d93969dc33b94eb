"""Which conversation a contact's words belong to."""

from datetime import timedelta

from django.utils import timezone

from conversations.models import ContactIdentity, Conversation, ConversationCounter, Inbox
from conversations.services.messages import add_activity, conversation_changed
from core.events import publish
from core.tenancy import current_workspace_id

#: A contact who comes back within this time goes on in the same conversation.
REOPEN_WITHIN = timedelta(days=14)

Status = Conversation.Status


def live_conversation(inbox: Inbox, identity: ContactIdentity) -> Conversation:
    """The conversation in which an identity goes on: its live one, its last one reopened, or a new one."""
    last = Conversation.objects.filter(identity=identity).select_related("contact").order_by("-id").first()
    if last is None:
        return _open_conversation(inbox, identity)
    last.identity, last.inbox = identity, inbox
    if identity.contact.is_blocked:
        return last
    if last.status == Status.RESOLVED:
        if last.resolved_at and last.resolved_at < timezone.now() - REOPEN_WITHIN:
            return _open_conversation(inbox, identity)
        _reopen(last)
    elif last.status in (Status.SNOOZED, Status.PENDING):
        _reopen(last)
    return last


def _reopen(conversation: Conversation) -> None:
    conversation.status, conversation.snoozed_until, conversation.resolved_at = Status.OPEN, None, None
    conversation.save(update_fields=["status", "snoozed_until", "resolved_at"])
    add_activity(conversation, "reopened_by_contact")
    conversation_changed(conversation, "status")


def _open_conversation(inbox: Inbox, identity: ContactIdentity) -> Conversation:
    conversation = Conversation(
        number=_next_number(),
        inbox=inbox,
        contact=identity.contact,
        identity=identity,
        contact_name=identity.contact.name,
        team_id=inbox.team_id,
        last_activity_at=timezone.now(),
    )
    conversation.save(force_insert=True)
    publish(
        "conversation.created",
        inbox_id=inbox.pk,
        conversation_id=conversation.pk,
        contact_id=identity.contact_id,
        # A keyed hash: by it a visitor's socket knows its own first conversation without asking the database.
        identity_hash=(identity.value_index or b"").hex(),
    )
    return conversation


def _next_number() -> int:
    counters = ConversationCounter.objects.select_for_update()
    counter = counters.first()
    if counter is None:
        ConversationCounter.objects.bulk_create([ConversationCounter(workspace_id=current_workspace_id())], ignore_conflicts=True)
        counter = counters.get()
    counter.last_number += 1
    counter.save(update_fields=["last_number"])
    return counter.last_number
