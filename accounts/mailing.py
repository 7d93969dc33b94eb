"""Asking for a mail: after commit, by a worker, or at once where the broker is away."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from kombu.exceptions import OperationalError

log = structlog.get_logger(__name__)


def mail_later(name: str, *arguments: UUID | str) -> None:
    """Run the mail task `name` of accounts/tasks.py once the open transaction has committed."""
    transaction.on_commit(partial(_queue, name, [str(argument) for argument in arguments]), robust=True)


def _queue(name: str, arguments: list[str]) -> None:
    from accounts import tasks  # tasks import the services that ask for mails

    task = getattr(tasks, name)
    try:
        task.delay(*arguments)
    except (OperationalError, OSError):
        log.warning("mail.broker_away", task=name)
        task(*arguments)
