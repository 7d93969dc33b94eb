"""Request ids travel with tasks: whoever enqueues sends its id, the worker binds it for the length of the task."""

import time
from typing import Any

import structlog
from celery.signals import before_task_publish, setup_logging, task_postrun, task_prerun
from structlog.contextvars import bind_contextvars, get_contextvars, unbind_contextvars

from core.observability.metrics import TASKS

log = structlog.get_logger(__name__)

_HEADER = "request_id"


@setup_logging.connect
def keep_our_logging(**_kwargs: Any) -> None:
    """A receiver is all it takes: Celery then leaves the logging that Django's setup has configured alone."""


@before_task_publish.connect
def send_request_id(headers: dict[str, Any] | None = None, **_kwargs: Any) -> None:
    request_id = get_contextvars().get(_HEADER)
    if headers is not None and request_id:
        headers.setdefault(_HEADER, request_id)


@task_prerun.connect
def bind_request_id(task_id: str = "", task: Any = None, **_kwargs: Any) -> None:
    bind_contextvars(task_id=task_id, request_id=getattr(task.request, _HEADER, None) or task_id)
    task.request.chatzee_started = time.perf_counter()


@task_postrun.connect
def unbind_request_id(task: Any = None, state: str | None = None, **_kwargs: Any) -> None:
    started = getattr(task.request, "chatzee_started", None)
    if started is not None:
        seconds = time.perf_counter() - started
        TASKS.labels(task.name, state or "UNKNOWN").observe(seconds)
        log.debug("task.finished", task=task.name, outcome=state or "UNKNOWN", ms=round(seconds * 1000, 1))
    unbind_contextvars("task_id", _HEADER)
