"""Logs: structlog and the standard library through one chain, one line per event, without personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

from core.observability.redaction import redact, scrub

#: Libraries that bring handlers of their own; their lines go through ours instead.
_GUESTS = ("django", "django.server", "uvicorn", "uvicorn.error", "uvicorn.access", "celery", "celery.task", "axes", "kombu")
#: Chatty below a warning, or repeating what our own lines say.
_QUIET = (
    "uvicorn.access",
    "httpx",
    "httpcore",
    "kombu",
    "botocore",
    "urllib3",
    "PIL",
    "asyncio",
    "celery.app.trace",
    "celery.beat",
    "celery.worker.strategy",
)


_ISO_TIME = structlog.processors.TimeStamper(fmt="iso", utc=True)


def configure(options: dict[str, str]) -> None:
    """Send all logging of this process to standard error. Options: `format` console or json, `level`.

    Named by the settings as LOGGING_CONFIG, so it runs in `django.setup()` of every process.
    """
    is_console = options["format"] == "console"
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_scope,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False) if is_console else _ISO_TIME,
        _ExceptionText(with_messages=is_console),
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _renderer(is_console)],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])
    for name in _GUESTS:
        guest = logging.getLogger(name)
        guest.handlers, guest.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its lines of refused requests repeat ours, with the path; those of failed ones carry the cause.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    logging.captureWarnings(True)


def _renderer(is_console: bool) -> Processor:
    if not is_console:
        return structlog.processors.JSONRenderer(sort_keys=True)
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)


def _add_scope(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    from core.tenancy.scope import ScopeError, current_scope

    try:
        workspace_id = current_scope().workspace_id
    except ScopeError:
        return event
    if workspace_id is not None:
        event.setdefault("workspace_id", workspace_id)
    return event


class _ExceptionText:
    """Replaces `exc_info` by places and class names.

    Messages of exceptions quote values (`Key (email)=(…) already exists`), so on a server they stay out; on a
    developer's console they are shown, scrubbed.
    """

    def __init__(self, *, with_messages: bool) -> None:
        self.with_messages = with_messages

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        info = event.pop("exc_info", None)
        if info is True:
            info = sys.exc_info()
        error = info if isinstance(info, BaseException) else info[1] if isinstance(info, tuple) else None
        if error is not None:
            event["exception"] = "\n".join(self._lines(error))
        event.pop("stack_info", None)
        return event

    def _lines(self, error: BaseException) -> list[str]:
        lines: list[str] = []
        cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if cause is not None:
            lines += [*self._lines(cause), "-- then --"]
        lines += [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
        name = f"{type(error).__module__}.{type(error).__qualname__}"
        sqlstate = getattr(error, "sqlstate", None)
        constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
        details = "".join(f" {detail}" for detail in (sqlstate, constraint) if detail)
        return [*lines, f"{name}{details}{': ' + scrub(str(error)) if self.with_messages else ''}"]
