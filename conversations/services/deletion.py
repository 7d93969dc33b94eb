"""Deleting messages: the content goes, the place in the thread stays."""

from django.db import transaction
from django.utils import timezone

from conversations.models import Message
from conversations.services import attachments, originals, search_index
from conversations.services.messages import message_changed, refresh_preview
from core.audit import Action, Actor, record


@transaction.atomic
def delete_message(message: Message, *, actor: Actor) -> None:
    """Delete a message on an agent's word."""
    erase_message(message)
    record(Action.MESSAGE_DELETED, actor=actor, target=message)


@transaction.atomic
def erase_message(message: Message) -> None:
    """Remove a message's text, revisions, reactions, files and search words. A deleted message stays deleted."""
    if message.deleted_at is not None:
        return
    message.revisions.all().delete()
    message.reactions.all().delete()
    attachments.delete_of(message)
    originals.delete_of(message)
    search_index.forget([message.pk])
    # What it became at its platform is not content, and has to be deleted there too.
    kept = {name: value for name, value in message.data.items() if name == "more_ids"}
    message.body, message.data, message.deleted_at = "", kept, timezone.now()
    message.save(update_fields=["body", "data", "deleted_at"])
    refresh_preview(message.conversation)
    message_changed(message, message.conversation)
