"""Raw payloads live for 30 days."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone

from channels_app.models import InboundEvent
from core.tenancy import scope
from core.tenancy.workspaces import workspace_ids

KEEP = timedelta(days=30)
BATCH = 5000


def drop_old() -> int:
    """Delete settled events that have outlived their use, in all workspaces; return how many.

    Platforms repeat a webhook for up to seven days, so its key is needed no longer than its body.
    """
    count = 0
    for workspace_id in workspace_ids():
        while dropped := _drop_batch(workspace_id):
            count += dropped
    return count


def _drop_batch(workspace_id: UUID) -> int:
    with scope(workspace_id):
        old = InboundEvent.objects.filter(received_at__lt=timezone.now() - KEEP)
        ids = list(old.exclude(state=InboundEvent.State.WAITING).values_list("id", flat=True)[:BATCH])
        return InboundEvent.objects.filter(id__in=ids).delete()[0]
