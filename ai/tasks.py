"""Celery's leaves of AI: they run in the AI worker, where the models are loaded once."""

from uuid import UUID

from celery import shared_task

from ai.services import embedding
from core.wakeup import wake_up


@shared_task
def embed_knowledge(workspace_id: str) -> None:
    """Make the vectors of a workspace's new passages and unanswered questions."""
    embedding.embed_waiting(UUID(workspace_id))


@shared_task
def sweep_knowledge() -> None:
    """Find what a lost wake-up left without vectors."""
    for workspace_id in embedding.workspaces_waiting():
        wake_up(embedding.TASK, str(workspace_id))
