"""Celery's leaves of the ground floor."""

from uuid import UUID

from celery import shared_task

from core.audit import chain
from core.events import relay, retention
from core.events.consumers import consume, consume_woken
from core.tenancy.workspaces import workspace_ids


@shared_task
def consume_events(workspace_id: str) -> None:
    """Run the event consumers of a workspace."""
    consume_woken(UUID(workspace_id))


@shared_task
def sweep_events() -> None:
    """Relay and consume what a crash or a lost broker left behind."""
    relay.relay_waiting()
    for workspace_id in workspace_ids():
        consume(workspace_id)


@shared_task
def seal_audit() -> None:
    """Chain the audit entries of all workspaces that have new ones."""
    for workspace_id in workspace_ids():
        while chain.seal(workspace_id):
            pass


@shared_task
def drop_old_events() -> None:
    """Drop events that nobody can ask for any more."""
    retention.drop_old()
