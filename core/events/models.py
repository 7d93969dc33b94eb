"""The event outbox, its head per workspace, and how far each consumer has come."""

from django.db import models

from core.tenancy.models import WorkspaceModel


class Event(WorkspaceModel):
    """Something that happened, by ids only. `position` is null until the event is relayed."""

    type = models.CharField(max_length=64)
    position = models.BigIntegerField(null=True)
    inbox_id = models.UUIDField(null=True)
    conversation_id = models.UUIDField(null=True)
    contact_id = models.UUIDField(null=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "position"], name="event_position")]
        indexes = [
            models.Index(fields=["workspace", "id"], name="event_waiting", condition=models.Q(position=None)),
            models.Index(fields=["workspace", "contact_id", "position"], name="event_of_contact"),
            models.Index(fields=["created_at"], name="event_age"),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.position}"


class EventHead(WorkspaceModel):
    """The last position given in a workspace; its row lock makes positions follow commits."""

    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace"], name="event_head_workspace")]

    def __str__(self) -> str:
        return f"head {self.position}"


class EventCursor(WorkspaceModel):
    """How far a consumer has come in a workspace's events."""

    consumer = models.CharField(max_length=64)
    position = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "consumer"], name="event_cursor_consumer")]

    def __str__(self) -> str:
        return f"{self.consumer} at {self.position}"
