"""Invitations to a workspace."""

import hashlib
from datetime import timedelta

from django.db import models
from django.utils import timezone

from accounts.models.user import User
from accounts.permissions import Role
from core.tenancy.models import WorkspaceModel
from core.vault.blind import blind_index, canonical_email
from core.vault.fields import BlindIndexField, EncryptedModel, EncryptedTextField

LIFETIME = timedelta(days=7)


def token_digest(token: str) -> bytes:
    """What an invitation is found by: a token is random enough for a plain hash."""
    return hashlib.sha256(token.encode()).digest()


def invited_index(email: str) -> bytes:
    """The blind index of an invited address, in the workspace in scope."""
    return blind_index("invitation.email", canonical_email(email))


class Invitation(EncryptedModel, WorkspaceModel):
    """An address that may join with a role. Its token is known to the mail alone; sending again makes a new one."""

    email = EncryptedTextField(max_length=254)
    email_index = BlindIndexField()
    role = models.CharField(max_length=16, choices=[(role.value, role.label) for role in Role])
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_digest = models.BinaryField(max_length=32, null=True, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "email_index"],
                condition=models.Q(accepted_at=None, revoked_at=None),
                name="invitation_open_address",
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    @property
    def has_expired(self) -> bool:
        return self.expires_at <= timezone.now()

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and not self.has_expired
