"""Sending: an agent's reply from the composer until it is accepted and shown, and until it is at the platform's door."""

import time
from collections.abc import Iterator
from urllib.parse import urlencode
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from bench.figures import Figure, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from channels_app.models import OutboundDelivery
from conversations.models import Conversation
from core.tenancy import scope

REPLIES = 60


def run(stage: Stage) -> Iterator[Figure]:
    with scope(stage.workspace):
        # Other benches leave conversations on channels that only they have.
        there = Conversation.objects.filter(status="open", inbox__channel="website")
        numbers = list(there.order_by("-number").values_list("number", flat=True)[:REPLIES])
    start = time.time()
    with stage.product("web", "edge", "worker"):
        browser, token = Browser(stage.ground.web_port, stage.cookies), _csrf(stage)
        times = [_reply(stage, browser, number, token) for number in numbers]
        doors = _to_the_door(stage, start)
    yield Figure("send.accepted", percentile(times[5:], 0.95), 80, " ms", beside=f"median {percentile(times[5:], 0.5):.1f} ms")
    beside = f"median {percentile(doors, 0.5):.0f} ms, {len(doors)} of {len(numbers)} replies"
    yield Figure("send.door", percentile(doors[5:], 0.95), 300, " ms", beside=beside)


def _reply(stage: Stage, browser: Browser, number: int, token: str) -> float:
    body = urlencode({"mode": "reply", "body": "It left us this morning.", "idempotency_key": str(uuid4())}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true", "X-CSRFToken": token}
    headers["Cookie"] = f"{stage.cookies}; csrf={token}"
    headers["Origin"] = f"http://localhost:{browser.port}"
    took, _page = browser.send("POST", reverse("dashboard:add-message", args=[stage.workspace, number]), body, headers, 200)
    return took


def _csrf(stage: Stage) -> str:
    client = Client(SERVER_NAME="localhost", headers={"cookie": stage.cookies})
    client.get(reverse("dashboard:conversations", args=[stage.workspace]))
    return client.cookies["csrf"].value


def _to_the_door(stage: Stage, start: float) -> list[float]:
    """Milliseconds from each delivery's row to its settling, once all are settled."""
    from datetime import UTC, datetime

    since, deadline = datetime.fromtimestamp(start, UTC), time.monotonic() + 30
    while time.monotonic() < deadline:
        with scope(stage.workspace):
            rows = list(OutboundDelivery.objects.filter(created_at__gte=since).values_list("created_at", "settled_at"))
        if rows and all(settled for _created, settled in rows):
            break
        time.sleep(0.2)
    return [(settled - created).total_seconds() * 1000 for created, settled in rows if settled]
