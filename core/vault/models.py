"""Where keys rest: wrapped, in the database `keys`, apart from everything they unlock."""

from django.db import models
from django.db.models import Q

from core.ids import new_id


class KeyKind(models.TextChoices):
    """What a key is for. `workspace` wraps the others and is itself wrapped by the root key."""

    WORKSPACE = "workspace"
    DATA = "data"
    CONTACT = "contact"
    INDEX = "index"


class VaultKey(models.Model):
    """One 256-bit key, wrapped. A destroyed key stays as a tombstone without bytes, so that "gone" is provable.

    A workspace has one active key each of the kinds workspace, data and index (the newest generation; older ones
    have `retired_at` and still unlock what they protected), and any number of contact keys.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace_id = models.UUIDField()
    kind = models.CharField(max_length=9, choices=KeyKind)
    generation = models.PositiveIntegerField(default=1)
    #: Id of the workspace key that wraps this one; null for a workspace key.
    wrapped_by = models.UUIDField(null=True)
    #: `provider:version` of the root key that wraps a workspace key; empty for the others.
    root = models.CharField(max_length=250, blank=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "vault_key"
        constraints = [
            models.UniqueConstraint(
                fields=["workspace_id", "kind"],
                condition=~Q(kind=KeyKind.CONTACT) & Q(retired_at=None, destroyed_at=None),
                name="vault_key_one_active",
            ),
            models.CheckConstraint(
                condition=Q(destroyed_at=None) | Q(wrapped=b""),
                name="vault_key_destroyed_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(kind=KeyKind.WORKSPACE, wrapped_by=None) | ~Q(kind=KeyKind.WORKSPACE) & Q(wrapped_by__isnull=False),
                name="vault_key_wrapped_by_workspace",
            ),
        ]
        indexes = [models.Index(fields=["workspace_id", "id"], name="vault_key_workspace")]

    def __str__(self) -> str:
        return f"{self.kind} key {self.id}"
