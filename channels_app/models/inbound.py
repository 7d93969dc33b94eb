"""The intake's table: every authentic event, raw, before anything is made of it."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q

from conversations.models import Inbox
from conversations.normalised import Normalised
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedModel, EncryptedTextField


class InboundEvent(EncryptedModel, WorkspaceModel):
    """One event as a channel sent it, unique per inbox by the channel's own key.

    `body` (base64 where it is not text) is under the workspace's key until it is applied, then under its contact's,
    and dropped after 30 days. `sender_hash` is a keyed hash: events of one sender are applied in the order of their ids.
    """

    #: What the event says, once it has been parsed in this process: parsing a large mail takes a second.
    said: Sequence[Normalised] | None = None

    class State(models.TextChoices):
        WAITING = "waiting"
        APPLIED = "applied"
        QUARANTINED = "quarantined"
        DISMISSED = "dismissed"

    inbox = models.ForeignKey(Inbox, on_delete=models.PROTECT, related_name="+")
    key_hash = models.BinaryField(max_length=16)
    sender_hash = models.BigIntegerField()
    body = EncryptedTextField()
    state = models.CharField(max_length=11, choices=State, default=State.WAITING)
    attempts = models.SmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["inbox", "key_hash"], name="inbound_event_key")]
        indexes = [
            models.Index(fields=["next_attempt_at", "id"], name="inbound_waiting", condition=Q(state="waiting")),
            models.Index(fields=["inbox", "sender_hash", "id"], name="inbound_of_sender", condition=Q(state="waiting")),
            models.Index(fields=["workspace", "inbox", "-id"], name="inbound_quarantined", condition=Q(state="quarantined")),
            models.Index(fields=["received_at"], name="inbound_age"),
        ]

    def __str__(self) -> str:
        return f"inbound {self.state} {self.pk}"
