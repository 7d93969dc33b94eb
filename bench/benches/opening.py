"""Opening a conversation of 50 messages with its contact panel, as a browser that has the list does."""

from collections.abc import Iterator
from uuid import UUID

from django.test import Client
from django.urls import reverse

from bench.explain import recorded
from bench.figures import Figure, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from conversations.models import Conversation, Message
from conversations.services.messages import Draft, add_message
from core.tenancy import scope

CONVERSATIONS = 30
MESSAGES = 50
ROUNDS = 4


def run(stage: Stage) -> Iterator[Figure]:
    numbers = _long_conversations(stage)
    urls = [reverse("dashboard:conversation", args=[stage.workspace, number]) for number in numbers]
    yield Figure("open.queries", _queries(stage, urls[:3]), 12, is_steady=True, beside="read marks and audit entries included")
    with stage.product("web"):
        browser = Browser(stage.ground.web_port, stage.cookies)
        times = [browser.get(url, htmx=True)[0] for _round in range(ROUNDS) for url in urls]
    cold, warm = times[3 : len(urls)], times[len(urls) :]
    beside = f"median {percentile(warm, 0.5):.1f} ms; first openings (keys not in memory) p95 {percentile(cold, 0.95):.1f} ms"
    yield Figure("open.p95", percentile(times[3:], 0.95), 60, " ms", beside=beside)


def _long_conversations(stage: Stage) -> list[int]:
    """Conversations of the largest workspace, brought to 50 messages by the product's own service."""
    with scope(stage.workspace):
        there = Conversation.objects.filter(inbox__channel="website").select_related("contact")
        found = list(there.order_by("-number")[200 : 200 + CONVERSATIONS])
    for conversation in found:
        _fill(stage.workspace, conversation)
    return [one.number for one in found]


def _fill(workspace: UUID, conversation: Conversation) -> None:
    with scope(workspace):
        for number in range(MESSAGES - conversation.last_seq):
            add_message(conversation, Draft(kind=Message.Kind.OUTBOUND, body=f"The parcel left us on day {number}."))


def _queries(stage: Stage, urls: list[str]) -> int:
    client = Client(SERVER_NAME="localhost", headers={"cookie": stage.cookies, "hx-request": "true"})
    most = 0
    for url in urls:
        for _attempt in range(2):
            with recorded() as recorder:
                response = client.get(url)
            assert response.status_code == 200, response.status_code
        most = max(most, len(recorder))
    return most
