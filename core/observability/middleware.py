"""The outermost middleware: a request id, one log line and one measurement per request."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponseBase

from chatzee.env import env
from core.observability.metrics import REQUESTS

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{8,64}")
#: Asked every few seconds by machines; a line each would bury the rest.
_UNLOGGED = frozenset({"healthz", "readyz", "metrics"})


class RequestContextMiddleware:
    """Binds `request_id` to the logs of the request and sends it back; logs the route, never the path or the query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = _request_id(request)
        start = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - start
            # The pattern of the URL: a path may hold one-time tokens, and its values would make metrics without end.
            route = request.resolver_match.route if request.resolver_match else "(none)"
            method = request.method if request.method in _METHODS else "OTHER"
            REQUESTS.labels(method, route, response.status_code).observe(seconds)
            if route not in _UNLOGGED:
                log.info(
                    "request.finished",
                    method=method,
                    route=route,
                    status=response.status_code,
                    ms=round(seconds * 1000, 1),
                )
        response[HEADER] = request_id
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _request_id(request: HttpRequest) -> str:
    """The id a trusted proxy gave, or a new one: a client's own could forge or merge lines of the log."""
    given = request.headers.get(HEADER, "")
    return given if env.trusted_proxies and _ACCEPTABLE.fullmatch(given) else uuid4().hex
