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
from core.observability.clients import is_loopback

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
#: What is read from the database when it is asked for; the web process alone shows it.
STORED = CollectorRegistry()
MAILS = Counter("chatzee_mails", "Mails handed over to the mail server.", ["outcome"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The metrics in Prometheus' text format, for this machine itself or a bearer of CHATZEE_METRICS_TOKEN."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    if not may_read(request.META.get("REMOTE_ADDR", ""), forwarded, request.headers.get("Authorization", "")):
        return HttpResponse(status=404)
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    return HttpResponse(generate_latest(registry) + generate_latest(STORED), content_type=CONTENT_TYPE_LATEST)


def may_read(peer: str, forwarded_for: str | None, authorization: str) -> bool:
    """Whether a caller may see metrics: this machine itself, not through a proxy on it, or a bearer of the token."""
    if forwarded_for is None and is_loopback(peer):
        return True
    wanted = env.metrics_token.get_secret_value()
    return bool(wanted) and compare_digest(authorization.encode(), f"Bearer {wanted}".encode())
