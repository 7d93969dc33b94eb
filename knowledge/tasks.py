"""Celery's leaves of the knowledge."""

from uuid import UUID

from celery import shared_task

from core.wakeup import wake_up
from knowledge.services import domains, pictures, reading


@shared_task
def read_source(workspace_id: str, source_id: str) -> None:
    """Read what waits of an import."""
    reading.read_source(UUID(workspace_id), UUID(source_id))


@shared_task
def sweep_imports() -> None:
    """Begin what is due again, and find what a lost wake-up or a dead worker left behind."""
    reading.sweep()


@shared_task
def check_domain(workspace_id: str) -> None:
    """Look up whether a help centre's domain is the company's."""
    domains.check_domain(UUID(workspace_id))


@shared_task
def sweep_domains() -> None:
    """Look up the domains that are due."""
    for workspace_id in domains.domains_due():
        wake_up(domains.TASK, str(workspace_id))


@shared_task
def drop_unused_pictures() -> None:
    """Delete pictures that no version of an article shows."""
    pictures.drop_unused()
