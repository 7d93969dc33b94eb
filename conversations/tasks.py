"""Celery's leaves of conversations."""

from uuid import UUID

import structlog
from celery import shared_task

from conversations.services import attachments, search_index, state
from core.alone import alone
from core.tenancy.workspaces import workspace_ids
from core.wakeup import wake_up

log = structlog.get_logger(__name__)


@shared_task
def wake_snoozed() -> None:
    """Open conversations whose snooze is over."""
    state.wake_snoozed()


@shared_task
def drop_unused_uploads() -> None:
    """Delete uploads that never joined a message."""
    attachments.drop_unused()


@shared_task
def check_search() -> None:
    """Rebuild the word index of workspaces that have lost it in a crash of the database."""
    for workspace_id in workspace_ids():
        if search_index.is_lost(workspace_id):
            wake_up("conversations.tasks.rebuild_search", str(workspace_id))


@shared_task
def rebuild_search(workspace_id: str) -> None:
    """Index a workspace's messages anew, newest first; only one at a time does it."""
    with alone(f"rebuild_search:{workspace_id}") as is_alone:
        if not is_alone:
            return
        log.info("search.rebuild_started")
        after: UUID | None = None
        while (after := search_index.rebuild(UUID(workspace_id), after=after)) is not None:
            pass
        log.info("search.rebuild_done")
