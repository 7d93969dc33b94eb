"""Prometheus metrics of this process, and the page that shows them.

With several web processes on one address set PROMETHEUS_MULTIPROC_DIR to a folder they share.
"""

import os
from hmac import compare_digest

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from chatzee.env import env
from core.observability.clients import is_local

REQUESTS = Histogram(
    "chatzee_request_seconds",
    "Time to answer a web request.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
TASKS = Histogram(
    "chatzee_task_seconds",
    "Time to run a background task.",
    ["task", "outcome"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 120),
)
MAILS = Counter("chatzee_mails", "Mails handed over to the mail server.", ["outcome"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' text format, for this machine itself or a bearer of CHATZEE_METRICS_TOKEN."""
    if not (is_local(request) or _has_token(request)):
        return HttpResponse(status=404)
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    wanted = env.metrics_token.get_secret_value()
    given = request.headers.get("Authorization", "")
    return bool(wanted) and compare_digest(given.encode(), f"Bearer {wanted}".encode())
