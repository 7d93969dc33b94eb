"""What went on by mail, of conversations whose contact had left."""

from django.db import models

from conversations.models import Conversation
from core.tenancy.models import WorkspaceModel


class Continuation(WorkspaceModel):
    """How far a conversation's replies have been sent on through another inbox."""

    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="continuation")
    seq = models.IntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"continuation of {self.conversation_id}"
