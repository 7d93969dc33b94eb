"""Messages and what happens to them: receipts, revisions, reactions, mentions."""

from collections.abc import Mapping
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from conversations.models.contact import Contact
from conversations.models.conversation import Conversation
from conversations.models.inbox import Inbox
from core.tenancy.models import WorkspaceModel
from core.vault.fields import BlindIndexField, EncryptedJSONField, EncryptedModel, EncryptedTextField


class Message(EncryptedModel, WorkspaceModel):
    """One entry of a conversation, in the order of `seq`.

    It is encrypted under its author's key where a contact wrote it, else under the conversation's contact's. `data`
    holds what is not text: an activity's facts, a location, buttons. A repeated `idempotency_key` (ours) or
    `provider_index` (the platform's id, blind) is the same message.
    """

    class Kind(models.TextChoices):
        INBOUND = "inbound", _("From the customer")
        OUTBOUND = "outbound", _("Reply")
        NOTE = "note", _("Note")
        ACTIVITY = "activity", _("Activity")

    class Status(models.TextChoices):
        NONE = "", ""
        QUEUED = "queued", _("Sending")
        SENT = "sent", _("Sent")
        DELIVERED = "delivered", _("Delivered")
        READ = "read", _("Read")
        UNKNOWN = "unknown", _("May have been sent")
        FAILED = "failed", _("Not sent")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="+")
    seq = models.IntegerField()
    kind = models.CharField(max_length=8, choices=Kind)
    content_type = models.CharField(max_length=16, default="text")
    author_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author_contact = models.ForeignKey(Contact, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    is_ai = models.BooleanField(default=False)
    body = EncryptedTextField(blank=True)
    data = EncryptedJSONField(default=dict, blank=True)
    reply_to = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    idempotency_key = models.UUIDField(null=True, blank=True)
    provider_id = EncryptedTextField(blank=True, max_length=512)
    provider_index = BlindIndexField(null=True, blank=True)
    status = models.CharField(max_length=9, choices=Status, default=Status.NONE, blank=True)
    error_code = models.CharField(max_length=64, blank=True)

    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(
                fields=["inbox", "provider_index"], name="message_provider_id", condition=Q(provider_index__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["workspace", "idempotency_key"],
                name="message_idempotency_key",
                condition=Q(idempotency_key__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.seq} of {self.conversation_id}"

    def vault_key_id(self) -> UUID | None:
        return (self.author_contact or self.conversation.contact).key_id


class MessageAlias(WorkspaceModel):
    """A further id of a message at its platform, where it became several there (an album): receipts may name any."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="aliases")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="+")
    provider_index = BlindIndexField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "provider_index"], name="message_alias")]

    def __str__(self) -> str:
        return f"alias of {self.message_id}"


class MessageOriginal(EncryptedModel, WorkspaceModel):
    """A message as it came, where that is more than its text: its HTML, uncleaned, and the whole as a stored file."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="original")
    html = EncryptedTextField(blank=True)
    storage_name = models.CharField(max_length=120, blank=True)
    size = models.BigIntegerField(default=0)

    vault_files: ClassVar[Mapping[str, str]] = {"storage_name": "original"}

    def __str__(self) -> str:
        return f"original of {self.message_id}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id


class DeliveryReceipt(WorkspaceModel):
    """The log of what a platform said about an outbound message. The message's status is the furthest of it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="receipts")
    status = models.CharField(max_length=9, choices=Message.Status)
    error_code = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["message", "id"], name="receipt_of_message")]

    def __str__(self) -> str:
        return f"{self.status} {self.message_id}"


class MessageRevision(EncryptedModel, WorkspaceModel):
    """What a message said before it was edited."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    body = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["message", "id"], name="revision_of_message")]

    def __str__(self) -> str:
        return f"revision of {self.message_id}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id


class Reaction(EncryptedModel, WorkspaceModel):
    """A reaction to a message, at most one of each author."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reactions")
    author_user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    author_contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    emoji = EncryptedTextField(max_length=32)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["message", "author_user"], name="reaction_user", condition=Q(author_user__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["message", "author_contact"], name="reaction_contact", condition=Q(author_contact__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"reaction to {self.message_id}"

    def vault_key_id(self) -> UUID | None:
        return self.message.key_id


class Mention(WorkspaceModel):
    """A user named in a note, who should look."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "user"], name="mention_user")]
        indexes = [models.Index(fields=["workspace", "user", "-id"], name="mention_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.message_id}"
