"""The one way to wake a worker up. Tasks are named, not imported: nothing below depends on what runs it."""

import structlog
from celery import current_app
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def wake_up(task: str, *args: str, expires: float | None = None, delay: float | None = None) -> None:
    """Enqueue a task by name; when the broker is away, log it and go on: the sweepers find the work in Postgres.

    What has waited longer than `expires` seconds is dropped; it runs no sooner than in `delay` seconds.
    """
    try:
        current_app.send_task(task, args=args, expires=expires, countdown=delay)
    except (OperationalError, OSError) as error:
        log.warning("task.wake_up_failed", task=task, error=type(error).__name__)
