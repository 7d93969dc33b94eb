"""Celery's leaves of channels."""

from celery import shared_task

from channels_app.services import drain, outbox, raw_bodies


@shared_task
def drain_inbound() -> None:
    """Apply the inbound events that are due."""
    drain.drain()


@shared_task
def deliver() -> None:
    """Send the deliveries that are due."""
    while outbox.deliver_due():
        pass


@shared_task
def sweep_channels() -> None:
    """Find what lost wake-ups and dead workers left behind."""
    outbox.expire_leases()
    drain.drain()
    while outbox.deliver_due():
        pass


@shared_task
def drop_raw_bodies() -> None:
    """Drop raw payloads that are older than 30 days."""
    raw_bodies.drop_old()
