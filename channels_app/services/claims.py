"""Claims: which delivery is due next, and the lease under which a worker sends it."""

from datetime import timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from channels_app.registry import all_adapters
from channels_app.services import health
from channels_app.services.loading import AS_WRITTEN, COLUMNS, JOINS, Loaded, loaded
from core.tenancy import crossing

#: Longer than any call to a platform may take.
LEASE = timedelta(seconds=90)
#: Where a repeated send is harmless, a dead worker's message need not wait as long.
IDEMPOTENT_LEASE = timedelta(seconds=20)
#: Sends of one inbox under way at once: an inbox whose platform hangs cannot hold every worker. One that failed: one.
PER_INBOX = 3

_CLAIM = f"""{AS_WRITTEN}
    WITH busy AS MATERIALIZED (
        SELECT inbox_id, count(*) AS sends FROM channels_app_outbounddelivery WHERE state = 'sending' GROUP BY inbox_id
    ), d AS (
    UPDATE channels_app_outbounddelivery SET state = 'sending', attempts = attempts + 1,
        lease_until = CASE WHEN (SELECT channel FROM conversations_inbox WHERE id = inbox_id) = ANY(%(idempotent)s)
            THEN %(short_lease)s ELSE %(lease)s END
    WHERE id IN (
        SELECT d.id FROM channels_app_outbounddelivery d
        LEFT JOIN channels_app_inboxhealth h ON h.inbox_id = d.inbox_id
        LEFT JOIN busy ON busy.inbox_id = d.inbox_id
        WHERE d.state = 'waiting' AND d.next_attempt_at <= now()
        AND h.stopped_at IS NULL AND (h.resting_until IS NULL OR h.resting_until <= now())
        AND coalesce(busy.sends, 0) < CASE WHEN coalesce(h.failures, 0) < %(failures)s THEN %(per_inbox)s ELSE 1 END
        AND NOT EXISTS (
            SELECT 1 FROM channels_app_outbounddelivery earlier
            WHERE earlier.conversation_id = d.conversation_id AND earlier.id < d.id
            AND earlier.state IN ('waiting', 'sending'))
        ORDER BY d.next_attempt_at, d.id LIMIT 1 FOR UPDATE OF d SKIP LOCKED)
    RETURNING *)
    SELECT {COLUMNS} FROM d {JOINS}
"""  # noqa: S608  # names of ours alone


def claim() -> Loaded | None:
    """A delivery that is ours to send until its lease ends; None when none is due."""
    now = timezone.now()
    limits: dict[str, Any] = {
        "lease": now + LEASE,
        "short_lease": now + IDEMPOTENT_LEASE,
        "idempotent": [slug for slug, adapter in all_adapters().items() if adapter.capabilities.is_idempotent],
        "per_inbox": PER_INBOX,
        "failures": health.FAILURES_TO_REST,
    }
    with crossing("claim a delivery that is due"), connection.cursor() as cursor:
        cursor.execute(_CLAIM, limits)
        cursor.nextset()
        row = cursor.fetchone()
    return loaded(row) if row else None
