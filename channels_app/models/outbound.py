"""The outbox: one row per message that a channel has to carry."""

from uuid import UUID

from django.db import models
from django.db.models import Q

from conversations.models import Conversation, Inbox, Message
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import EncryptedJSONField, EncryptedModel


class OutboundDelivery(WorkspaceModel):
    """The delivery of one message, or one thing to do: waiting, leased by a worker, or settled. A conversation's go in order.

    `lease_until` passes when a worker died between the call and its commit: the delivery is then ambiguous unless the
    channel takes our reference as an idempotency key.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        UNKNOWN = "unknown"
        FAILED = "failed"

    message = models.ForeignKey(Message, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries")
    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="+")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="delivery_waiting", condition=Q(state="waiting")),
            models.Index(fields=["lease_until"], name="delivery_leased", condition=Q(state="sending")),
            models.Index(fields=["conversation", "id"], name="delivery_head", condition=Q(state__in=["waiting", "sending"])),
            models.Index(fields=["message"], name="delivery_of_message"),
        ]

    def __str__(self) -> str:
        return f"delivery {self.state} {self.pk}"


class DeliveryAction(EncryptedModel, WorkspaceModel):
    """What a delivery has to do, where that is not to send a message: the fields of the contract's `Action`."""

    delivery = models.OneToOneField(OutboundDelivery, on_delete=models.CASCADE, related_name="action")
    data = EncryptedJSONField()

    def __str__(self) -> str:
        return f"action of {self.delivery_id}"

    def vault_key_id(self) -> UUID | None:
        conversation = self.delivery.conversation
        return conversation.contact.key_id if conversation else keyring.data_key_id(self.workspace_id)
