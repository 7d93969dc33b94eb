"""Message templates that a platform approved for an inbox."""

from typing import Any

from django.db import models

from conversations.models import Inbox
from core.tenancy.models import WorkspaceModel


class MessageTemplate(WorkspaceModel):
    """A template as its platform keeps it. `components` is the adapter's own description; `status` the platform's word.

    One that the platform no longer lists is `gone`: messages that were made of it still name it.
    """

    inbox = models.ForeignKey(Inbox, on_delete=models.CASCADE, related_name="templates")
    provider_id = models.CharField(max_length=64, blank=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=16)
    category = models.CharField(max_length=32, blank=True)
    status = models.CharField(max_length=32)
    reason = models.CharField(max_length=200, blank=True)
    components: models.JSONField[Any, Any] = models.JSONField(default=list)
    synced_at = models.DateTimeField()

    class Meta:
        ordering = ["name", "language"]
        constraints = [models.UniqueConstraint(fields=["inbox", "name", "language"], name="template_of_inbox")]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"
