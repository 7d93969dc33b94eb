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
from core.vault.fields import BlindIndexField, EncryptedJSONField, EncryptedModel, EncryptedTextField


class Attachment(EncryptedModel, WorkspaceModel):
    """A file. It is uploaded first (by a user, or by the holder of a channel's token) and joins a message later.

    Until it joins one it is under the workspace's key and is dropped after a day; then it moves under the message's.
    One that a platform keeps for us is `waiting` until a worker has fetched it by its `source`, or `missing` for good.
    `content_id` is how the message's HTML names it, where it stands inside that.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        ATTACHED = "attached"
        WAITING = "waiting"
        MISSING = "missing"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="attachments")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    uploader_index = BlindIndexField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.UPLOADED)
    name = EncryptedTextField(max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.BigIntegerField()
    storage_name = models.CharField(max_length=120, blank=True)
    content_id = EncryptedTextField(max_length=255, blank=True)
    source = EncryptedJSONField(default=dict, blank=True)
    attempts = models.SmallIntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True, default="", db_default="")
    width = models.IntegerField(null=True, blank=True)
    height = models.IntegerField(null=True, blank=True)
    preview_name = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    vault_files: ClassVar[Mapping[str, str]] = {"storage_name": "", "preview_name": "preview"}

    class Meta:
        indexes = [
            models.Index(fields=["message", "id"], name="attachment_of_message"),
            models.Index(fields=["created_at"], name="attachment_unused", condition=models.Q(message__isnull=True)),
            models.Index(fields=["next_attempt_at"], name="attachment_waiting", condition=models.Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id if self.message else keyring.data_key_id(self.workspace_id)

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")
