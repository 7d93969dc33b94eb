"""The workspace's labels."""

from django.db import transaction

from conversations.models import Conversation, ConversationLabel, Label
from core.audit import Actor, record


@transaction.atomic
def save_label(label: Label, *, actor: Actor) -> Label:
    """Store a new or changed label."""
    label.save()
    record("label.saved", actor=actor, target=label)
    return label


@transaction.atomic
def delete_label(label: Label, *, actor: Actor) -> None:
    """Delete a label, and take it off every conversation."""
    on = ConversationLabel.objects.filter(label=label).values("conversation_id")
    for conversation in Conversation.objects.filter(id__in=on).iterator(500):
        conversation.label_ids = [one for one in conversation.label_ids if one != label.pk]
        conversation.save(update_fields=["label_ids"])
    record("label.deleted", actor=actor, target=label)
    label.delete()
