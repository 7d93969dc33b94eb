"""Reads of channels."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django_stubs_ext import StrOrPromise

from channels_app.models import InboundEvent, InboxHealth, OutboundDelivery
from channels_app.registry import error_words
from conversations.models import Inbox

SHOWN = 200


@dataclass(frozen=True, slots=True)
class QueueFigure:
    """What waits in one inbox, and since when; what was set aside or failed; how its line is."""

    inbox: Inbox
    health: InboxHealth | None
    error_words: StrOrPromise
    inbound_waiting: int
    inbound_oldest: datetime | None
    quarantined: int
    outbound_waiting: int
    outbound_oldest: datetime | None
    failed: int


def queue_figures() -> list[QueueFigure]:
    """The queues of every inbox of the workspace in scope."""
    inbound = {
        (row["inbox"], row["state"]): (row["count"], row["oldest"])
        for row in InboundEvent.objects.filter(state__in=["waiting", "quarantined"])
        .values("inbox", "state")
        .annotate(count=Count("id"), oldest=Min("received_at"))
    }
    outbound = {
        (row["inbox"], row["state"]): (row["count"], row["oldest"])
        for row in OutboundDelivery.objects.filter(state__in=["waiting", "sending", "failed", "unknown"])
        .values("inbox", "state")
        .annotate(count=Count("id"), oldest=Min("created_at"))
    }
    lines = {health.inbox_id: health for health in InboxHealth.objects.all()}
    none = (0, None)
    return [
        QueueFigure(
            inbox=inbox,
            health=lines.get(inbox.pk),
            error_words=error_words(inbox.channel, lines[inbox.pk].error_code if inbox.pk in lines else ""),
            inbound_waiting=inbound.get((inbox.pk, "waiting"), none)[0],
            inbound_oldest=inbound.get((inbox.pk, "waiting"), none)[1],
            quarantined=inbound.get((inbox.pk, "quarantined"), none)[0],
            outbound_waiting=sum(outbound.get((inbox.pk, state), none)[0] for state in ("waiting", "sending")),
            outbound_oldest=outbound.get((inbox.pk, "waiting"), none)[1],
            failed=sum(outbound.get((inbox.pk, state), none)[0] for state in ("failed", "unknown")),
        )
        for inbox in Inbox.objects.all()
    ]


def quarantined_events() -> list[InboundEvent]:
    """The newest events that could not be applied."""
    found = InboundEvent.objects.filter(state=InboundEvent.State.QUARANTINED).select_related("inbox")
    return list(found.order_by("-id")[:SHOWN])
