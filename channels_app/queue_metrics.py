"""What waits in each inbox, as metrics: read from the tables, which are the truth of every process."""

from collections.abc import Iterator

import structlog
from django.db import DatabaseError, connection
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.observability.metrics import STORED
from core.tenancy import crossing

log = structlog.get_logger(__name__)

_DEPTHS = """
    SELECT 'inbound', inbox_id, state, count(*), extract(epoch FROM now() - min(received_at))
    FROM channels_app_inboundevent WHERE state = 'waiting' GROUP BY inbox_id, state
    UNION ALL
    SELECT 'inbound', inbox_id, state, count(*), extract(epoch FROM now() - min(received_at))
    FROM channels_app_inboundevent WHERE state = 'quarantined' GROUP BY inbox_id, state
    UNION ALL
    SELECT 'outbound', inbox_id, 'waiting', count(*), extract(epoch FROM now() - min(created_at))
    FROM channels_app_outbounddelivery WHERE state IN ('waiting', 'sending') GROUP BY inbox_id
"""
_LINES = """
    SELECT inbox_id, failures, stopped_at IS NOT NULL, coalesce(resting_until > now(), false) FROM channels_app_inboxhealth
    WHERE failures > 0 OR stopped_at IS NOT NULL OR resting_until > now()
"""


class QueueCollector(Collector):
    """Depth and oldest age of each inbox's queues, and the lines that do not work. Inboxes where all is well are left out."""

    def collect(self) -> Iterator[Metric]:
        labels = ["direction", "inbox", "state"]
        depth = GaugeMetricFamily("chatzee_queue_depth", "Events or deliveries of an inbox in a state.", labels=labels)
        oldest = GaugeMetricFamily("chatzee_queue_oldest_seconds", "Age of the oldest of them, in seconds.", labels=labels)
        failures = GaugeMetricFamily("chatzee_inbox_failures", "Failures in a row of an inbox's line.", labels=["inbox"])
        stopped = GaugeMetricFamily("chatzee_inbox_stopped", "Whether an inbox has stopped (1) or rests (0.5).", labels=["inbox"])
        try:
            self._read(depth, oldest, failures, stopped)
        except DatabaseError as error:
            log.warning("metrics.queues_unreadable", error=type(error).__name__)  # the other metrics are shown all the same
            return
        yield from (depth, oldest, failures, stopped)

    def _read(
        self, depth: GaugeMetricFamily, oldest: GaugeMetricFamily, failures: GaugeMetricFamily, stopped: GaugeMetricFamily
    ) -> None:
        with crossing("read the queues for metrics"), connection.cursor() as cursor:
            cursor.execute(_DEPTHS)
            for direction, inbox, state, count, age in cursor.fetchall():
                depth.add_metric([direction, str(inbox), state], count)
                oldest.add_metric([direction, str(inbox), state], float(age))
            cursor.execute(_LINES)
            for inbox, count, is_stopped, is_resting in cursor.fetchall():
                failures.add_metric([str(inbox)], count)
                stopped.add_metric([str(inbox)], 1.0 if is_stopped else 0.5 if is_resting else 0.0)

    def describe(self) -> Iterator[Metric]:
        """Nothing: the registry must not ask the database when the collector is registered."""
        return iter(())


STORED.register(QueueCollector())
