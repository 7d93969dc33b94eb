"""The inbox: one configured channel of a workspace, and who answers it."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedJSONField, EncryptedModel


def new_inbox_key() -> str:
    """A public, unguessable key that names an inbox in URLs; it identifies, it does not authorise."""
    return secrets.token_urlsafe(12)


class Inbox(EncryptedModel, WorkspaceModel):
    """A configured channel. `channel` names its adapter; `settings` is the adapter's own, secrets included."""

    name = models.CharField(_("name"), max_length=80)
    channel = models.CharField(max_length=32)
    key = models.CharField(max_length=32, unique=True, default=new_inbox_key)
    settings = EncryptedJSONField(default=dict)
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    is_enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        indexes = [models.Index(fields=["workspace", "name"], name="inbox_name")]

    def __str__(self) -> str:
        return self.name


class InboxMember(WorkspaceModel):
    """A user who answers an inbox. Roles that see all inboxes need no row here."""

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "inbox", "user"], name="inbox_member")]
        indexes = [models.Index(fields=["workspace", "user"], name="inbox_member_user")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.inbox_id}"
