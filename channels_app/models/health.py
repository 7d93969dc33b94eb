"""How an inbox's line to its platform is: when it last spoke, what is wrong, until when it rests."""

from django.db import models
from django.db.models import Q

from conversations.models import Inbox
from core.tenancy.models import WorkspaceModel


class InboxHealth(WorkspaceModel):
    """The state of an inbox's line, apart from its settings: workers write it often.

    `connecting_since`: a worker is asked to connect it; `connected_at` and `account` (its name at the platform) tell that
    this worked last. `stopped_at`: its credentials are void; nothing goes out until a person connects it again, and one
    alert was sent.
    `resting_until`: its breaker is open after `failures` in a row; then one delivery tries, alone. `cursor` is the place up
    to which a listener has read its source; `listener` holds that source until `listening_until`. `facts` is what the
    platform says of the account (quality, limits), by the keys of the adapter's `fact_names`.
    """

    inbox = models.OneToOneField(Inbox, on_delete=models.CASCADE, related_name="health")
    connecting_since = models.DateTimeField(null=True, blank=True)
    connected_at = models.DateTimeField(null=True, blank=True)
    account = models.CharField(max_length=200, blank=True)
    last_inbound_at = models.DateTimeField(null=True, blank=True)
    last_outbound_at = models.DateTimeField(null=True, blank=True)
    last_error_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    error_detail = models.CharField(max_length=200, blank=True)
    failures = models.IntegerField(default=0)
    resting_until = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    cursor = models.JSONField(default=dict, blank=True)
    facts: models.JSONField[dict[str, str], dict[str, str]] = models.JSONField(default=dict, db_default={}, blank=True)
    listener = models.UUIDField(null=True, blank=True)
    listening_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["resting_until"], name="health_resting", condition=Q(resting_until__isnull=False)),
            models.Index(fields=["stopped_at"], name="health_stopped", condition=Q(stopped_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"health of {self.inbox_id}"
