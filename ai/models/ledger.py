"""What was used, what left the machine, and what it cost."""

from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from ai.models.providers import Provider
from ai.purposes import Purpose
from conversations.models import Contact, Conversation
from core.tenancy.models import WorkspaceModel
from core.vault import keyring
from core.vault.fields import EncryptedJSONField, EncryptedModel


class Use(WorkspaceModel):
    """One use of a model, embedded (`provider` null) or a provider's. It holds no content.

    A provider's use is `pending` from before its call; `reserved_micros` of the month's budget are kept for it until it is
    settled. `cost_micros` null: the price is not known, or nothing is asked. `outcome` is `ok` or what went wrong.
    """

    PENDING = "pending"
    OK = "ok"

    purpose = models.CharField(max_length=8, choices=Purpose)
    task = models.CharField(max_length=24)
    model = models.CharField(max_length=200)
    provider = models.ForeignKey(Provider, on_delete=models.SET_NULL, null=True, blank=True, related_name="uses")
    host = models.CharField(max_length=255, blank=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_uses")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, null=True, blank=True, related_name="ai_uses")
    actor_kind = models.CharField(max_length=8)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=24, default=PENDING)
    tokens_in = models.IntegerField(default=0)
    tokens_out = models.IntegerField(default=0)
    month = models.DateField(null=True, blank=True)
    reserved_micros = models.BigIntegerField(default=0)
    cost_micros = models.BigIntegerField(null=True, blank=True)
    ms = models.IntegerField(default=0)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="ai_use_newest"),
            models.Index(fields=["created_at"], name="ai_use_pending", condition=Q(outcome="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.task} by {self.model}: {self.outcome}"


class Egress(EncryptedModel, WorkspaceModel):
    """The exact masked text that a provider was sent, stored before it was sent, under the contact's key where there is one.

    `text` is the list of messages as in the call: `{"role", "content"}`.
    """

    use = models.OneToOneField(Use, on_delete=models.CASCADE, related_name="egress")
    text = EncryptedJSONField(default=list)
    characters = models.IntegerField()

    def __str__(self) -> str:
        return f"egress of {self.use_id}"

    def vault_key_id(self) -> UUID | None:
        contact = self.use.contact
        return keyring.data_key_id(self.vault_workspace_id()) if contact is None else contact.key_id


class Spend(WorkspaceModel):
    """What providers have cost in a month of the workspace's zone. `unpriced` counts the uses whose price is not known."""

    month = models.DateField(_("month"))
    spent_micros = models.BigIntegerField(default=0)
    reserved_micros = models.BigIntegerField(default=0)
    uses = models.IntegerField(default=0)
    unpriced = models.IntegerField(default=0)
    tokens_in = models.BigIntegerField(default=0)
    tokens_out = models.BigIntegerField(default=0)
    warned_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "month"], name="ai_spend_of_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.spent_micros}"
