"""Celery's leaves of the ground floor, and the one way to wake a task up."""

from typing import Any
from uuid import UUID

import structlog
from celery import Task, shared_task
from kombu.exceptions import OperationalError

from core.audit import chain
from core.events import relay, subscribe
from core.tenancy.workspaces import workspace_ids

log = structlog.get_logger(__name__)


def wake_up(task: "Task[Any, Any]", *args: str) -> None:
    """Enqueue a task; when the broker is away, log it and go on: the sweepers find the work in Postgres."""
    try:
        task.apply_async(args=args)
    except (OperationalError, OSError) as error:
        log.warning("task.wake_up_failed", task=task.name, error=type(error).__name__)


@shared_task
def consume_events(workspace_id: str) -> None:
    """Run the event consumers of a workspace."""
    subscribe.consume(UUID(workspace_id))


@shared_task
def sweep_events() -> None:
    """Relay and consume what a crash or a lost broker left behind."""
    relay.relay_waiting()
    for workspace_id in workspace_ids():
        subscribe.consume(workspace_id)


@shared_task
def seal_audit() -> None:
    """Chain the audit entries of all workspaces that have new ones."""
    for workspace_id in workspace_ids():
        while chain.seal(workspace_id):
            pass
