"""A suggested reply on screen: from an agent's asking for it to the card with its text, with the AI's own process at work."""

import time
from collections.abc import Iterator

from django.conf import settings
from django.middleware.csrf import CSRF_SECRET_LENGTH
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import get_random_string

from ai.services.embedding import embed_waiting
from bench.data.shelf import QUESTION, fill_shelf
from bench.figures import Figure, middle, percentile
from bench.load.pages import Browser
from bench.stage import Stage
from conversations.models import Conversation, Inbox
from conversations.normalised import InboundMessage, Sender
from conversations.services import inbound
from core.ids import new_id
from core.tenancy import scope

CONVERSATIONS = 40
#: The first ones wait for models and keys.
WARM = 5
_PATIENCE, _LOOK = 30.0, 0.004


def run(stage: Stage) -> Iterator[Figure]:
    fill_shelf(stage.workspace, stage.owner.user)
    embed_waiting(stage.workspace)
    numbers = _questions(stage)
    with stage.product("web", "worker", "ai"):
        browser, token = Browser(stage.ground.web_port, stage.cookies), get_random_string(CSRF_SECRET_LENGTH)
        taken = [_asked(stage, browser, number, token) for number in numbers]
    whole = [one for one, _card in taken[WARM:]]
    cards = [card for _one, card in taken[WARM:]]
    beside = f"p95 {percentile(whole, 0.95):.0f} ms, the card alone {middle(cards):.1f} ms; the first {taken[0][0]:.0f} ms"
    yield Figure("suggest.p50", middle(whole), 100, " ms", beside=beside)
    yield Figure("suggest.card", percentile(cards, 0.95), 60, " ms", beside="p95 of showing a suggestion that is there")


def _questions(stage: Stage) -> list[int]:
    """Conversations that begin with the question: what was said before would be looked up with it."""
    with scope(stage.workspace):
        inbox = Inbox.objects.filter(channel="website").first()
        assert inbox is not None
        for _number in range(CONVERSATIONS):
            sender = Sender(kind="visitor", value=str(new_id()))
            asked = InboundMessage(sender=sender, provider_id=str(new_id()), occurred_at=timezone.now(), text=QUESTION)
            inbound.apply(inbox, asked)
        newest = Conversation.objects.filter(inbox=inbox).order_by("-number")
        return list(newest.values_list("number", flat=True)[:CONVERSATIONS])


def _asked(stage: Stage, browser: Browser, number: int, token: str) -> tuple[float, float]:
    """Milliseconds from asking to the text on the card, and of the page's last part alone."""
    ask = reverse("dashboard:ai-ask-suggestion", args=[stage.workspace, number])
    card = reverse("dashboard:ai-suggestion", args=[stage.workspace, number])
    headers = {"HX-Request": "true", "X-CSRFToken": token, "Cookie": f"{stage.cookies}; {settings.CSRF_COOKIE_NAME}={token}"}
    headers["Origin"] = f"http://localhost:{browser.port}"
    start = time.perf_counter()
    browser.send("POST", ask, b"", headers, 200)
    while time.perf_counter() - start < _PATIENCE:
        took, html = browser.get(card, htmx=True)
        if b"five to seven working days" in html:
            return (time.perf_counter() - start) * 1000, took
        time.sleep(_LOOK)
    raise RuntimeError(f"No suggestion came for conversation {number}: see the log of ai in the run's folder.")
