"""Audit entries, and the seals that chain them.

Writers only insert: a lock per workspace would make every agent wait for every other. A moment later the sealer gives
each committed entry its place in the chain. Both tables grant the app no UPDATE and no DELETE.
"""

from typing import ClassVar

from django.db import models

from core.tenancy.models import WorkspaceModel


class AuditEntry(WorkspaceModel):
    """One thing that somebody did. `data` holds ids, enums and counts only."""

    append_only: ClassVar[bool] = True

    at = models.DateTimeField()
    action = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=16)
    actor_id = models.UUIDField(null=True)
    target_type = models.CharField(max_length=64, blank=True)
    target_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "-id"], name="audit_newest"),
            models.Index(fields=["workspace", "target_id", "-id"], name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"


class AuditSeal(WorkspaceModel):
    """The place of an entry in its workspace's chain: `hash` covers the entry, its sequence and the hash before.

    `entry_id` is no foreign key, so that a seal outlives an entry that somebody removed, and betrays it.
    """

    append_only: ClassVar[bool] = True

    sequence = models.BigIntegerField()
    entry_id = models.UUIDField()
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sequence"], name="audit_seal_sequence"),
            models.UniqueConstraint(fields=["workspace", "entry_id"], name="audit_seal_entry"),
        ]

    def __str__(self) -> str:
        return f"seal {self.sequence}"
