"""Weight: what a browser has to load, compressed as it is served, what a page costs the server, and when it is painted."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import django_htmx
from django.conf import settings
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.urls import reverse
from django.utils.crypto import get_random_string

from bench import machine
from bench.figures import Figure, middle
from bench.load.pages import Browser
from bench.load.paint import largest_paints
from bench.stage import Stage
from conversations.models import Conversation
from core.tenancy import scope

STATIC = Path(__file__).parents[2] / "static"
ROUNDS = 9
PAGES = 40
VISITS = 7


def run(stage: Stage) -> Iterator[Figure]:
    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    frame = STATIC / "widget" / "frame"
    yield _kilobytes("weight.dashboard-js", [*(STATIC / "js").rglob("*.js"), htmx], 90)
    yield _kilobytes("weight.dashboard-css", (STATIC / "css").rglob("*.css"), 40)
    yield _kilobytes("weight.widget-loader", [STATIC / "widget" / "loader.js"], 10)
    yield _kilobytes("weight.widget-frame", [*frame.rglob("*.js"), *frame.rglob("*.css"), frame / "locales" / "fr.json"], 60)
    yield _page_cpu(stage)
    yield _paint(stage)


def _kilobytes(name: str, files: Iterable[Path], bar: float) -> Figure:
    found = [(len(gzip.compress(file.read_bytes(), 6)), file.stat().st_size) for file in files]
    plain = f"{sum(size for _small, size in found) / 1000:.0f} kB in {len(found)} files before compression"
    return Figure(name, sum(small for small, _size in found) / 1000, bar, " kB", is_steady=True, beside=plain)


def _page_cpu(stage: Stage) -> Figure:
    """The conversations' page of the web process against a bare Django view under the same server: processor time.

    The browser has been here before: it brings its session and its token against forged requests.
    """
    url = reverse("dashboard:conversations", args=[stage.workspace])
    ratios, pages, limits = [], [], []
    with stage.product("web") as product, stage.limit("wsgi", "bare_wsgi") as (bare, port):
        cookies = f"{stage.cookies}; {settings.CSRF_COOKIE_NAME}={get_random_string(CSRF_SECRET_LENGTH)}"
        page, limit = Browser(stage.ground.web_port, cookies), Browser(port, "")
        for _round in range(ROUNDS + 1):
            pages.append(_cpu(product["web"].pid, lambda: page.get(url), PAGES))
            limits.append(_cpu(bare.pid, lambda: limit.get("/"), PAGES * 40))
            ratios.append(pages[-1] / limits[-1])
    beside = f"the conversations' page {middle(pages[1:]) * 1000:.1f} ms, a bare view {middle(limits[1:]) * 1e6:.0f} µs"
    return Figure("weight.page-cpu", middle(ratios[1:]), 25, "×", ambition=10, beside=beside)


def _paint(stage: Stage) -> Figure:
    """The largest paint of the list and of an open conversation, each visited with an empty cache."""
    with scope(stage.workspace):
        number = Conversation.objects.order_by("-last_seq", "-number").values_list("number", flat=True)[0]
    paths = {
        "list": reverse("dashboard:conversations", args=[stage.workspace]),
        "conversation": reverse("dashboard:conversation", args=[stage.workspace, number]),
    }
    cookie = (settings.SESSION_COOKIE_NAME, stage.session_key)
    with stage.product("web", "edge"):
        # The name that the product calls itself by: it leads others there.
        addresses = [f"http://localhost:{stage.ground.web_port}{path}" for path in paths.values()]
        found = largest_paints(addresses, cookie, VISITS)
    medians = dict(zip(paths, map(middle, found), strict=True))
    beside = ", ".join(f"{name} {value:.0f} ms" for name, value in medians.items())
    return Figure("weight.paint", max(medians.values()) / 1000, 1, " s", beside=f"medians of {VISITS} first visits: {beside}")


def _cpu(pid: int, call: Callable[[], object], count: int) -> float:
    """Processor seconds of a process and its children for one call."""
    start = machine.cpu_seconds(pid)
    for _number in range(count):
        call()
    return (machine.cpu_seconds(pid) - start) / count
