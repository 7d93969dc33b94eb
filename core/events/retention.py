"""Events are kept for 30 days: a browser that was away for longer starts afresh."""

from datetime import timedelta

from django.utils import timezone

from core.events.models import Event
from core.tenancy import scope
from core.tenancy.workspaces import workspace_ids

KEEP = timedelta(days=30)
BATCH = 10_000


def drop_old() -> int:
    """Delete relayed events older than 30 days, in all workspaces; return how many."""
    count = 0
    for workspace_id in workspace_ids():
        dropped = BATCH
        while dropped == BATCH:
            with scope(workspace_id):
                old = Event.objects.filter(created_at__lt=timezone.now() - KEEP, position__isnull=False)
                dropped = Event.objects.filter(id__in=list(old.values_list("id", flat=True)[:BATCH])).delete()[0]
            count += dropped
    return count
