"""Attachments: files of messages, stored encrypted under opaque names."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import models

from accounts.models import User
from conversations.models.inbox import Inbox
from conversations.models.message import Message
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import BlindIndexField, EncryptedModel, EncryptedTextField


class Attachment(EncryptedModel, WorkspaceModel):
    """A file. It is uploaded first (by a user, or by the holder of a channel's token) and joins a message later.

    Until it joins one it is under the workspace's key and is dropped after a day; then it moves under the message's.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        ATTACHED = "attached"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploader_index = BlindIndexField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    name = EncryptedTextField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    storage_name = models.CharField(max_length=120)
    width = models.IntegerField(null=True, blank=True)
    height = models.IntegerField(null=True, blank=True)
    preview_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    vault_files: ClassVar[Mapping[str, str]] = {"storage_name": "", "preview_name": "preview"}

    class Meta:
        indexes = [
            models.Index(fields=["message", "id"], name="attachment_of_message"),
            models.Index(fields=["created_at"], name="attachment_unused", condition=models.Q(message__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id if self.message else keyring.data_key_id(self.workspace_id)

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
