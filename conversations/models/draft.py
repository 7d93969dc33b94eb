"""Drafts: what an agent has typed and not sent."""

from uuid import UUID

from django.db import models

from accounts.models import User
from conversations.models.conversation import Conversation
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedModel, EncryptedTextField


class Draft(EncryptedModel, WorkspaceModel):
    """An agent's unsent text in a conversation, one for the reply and one for the note."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="drafts")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=8)
    body = EncryptedTextField()
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "user", "mode"], name="draft_mode")]

    def __str__(self) -> str:
        return f"draft of {self.user_id}"

    def vault_key_id(self) -> UUID | None:
        return self.conversation.contact.key_id
