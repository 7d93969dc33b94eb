"""The AI and a visitor, on the real product: a cited answer, a handover with its summary, and a switch in mid-answer."""

import json
import os
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from ai.models import InboxAi, Switch, Turn
from ai.services.embedding import embed_waiting
from ai.services.settings import save_inbox_ai, save_settings
from ai.services.switches import switch_off
from conversations.models import Message
from core.audit import Actor
from core.tenancy import scope
from tests.ai.providers import scripted
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, says
from tests.ai.replies.desk import ARTICLES
from tests.browser.world import World, make_world, open_chat, write
from tests.harness.stack import Stack
from tests.knowledge.making import make_document

pytestmark = pytest.mark.browser

#: A loaded machine takes a while to load the models; a wait that succeeds costs nothing.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def slow_model() -> Iterator[Scripted]:
    """A provider that takes its time, known to the AI worker as an address that it may call."""
    with scripted.running() as found:
        yield found


@pytest.fixture(scope="module")
def thinking(stack: Stack, slow_model: Scripted) -> Iterator[Stack]:
    """The product with its AI worker."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "CHATZEE_HTTP_ALLOWED_PRIVATE", json.dumps([slow_model.place]))
        stack.start("ai")
        yield stack
        stack.kill("ai")


@pytest.fixture
def world(thinking: Stack, browser: Browser) -> World:
    """A shop whose chat the AI answers from its articles."""
    world = make_world(thinking, browser)
    with scope(world.workspace.pk):
        for title, text in ARTICLES.items():
            make_document(title, text)
        save_settings({"assistant_name": "Mina"}, actor=Actor.system())
        save_inbox_ai(world.inbox, {"mode": InboxAi.Mode.AUTO, "stage": InboxAi.Stage.ALL}, actor=Actor.system())
    embed_waiting(world.workspace.pk)
    return world


def test_visitor_gets_an_answer_with_its_source_and_can_ask_for_a_person(world: World) -> None:
    chat = open_chat(world.visit_shop())
    expect(chat.get_by_role("button", name="Talk to a person")).to_be_visible()
    write(chat, "How long does a refund take?")
    answer = chat.locator(".row-theirs").first
    expect(answer).to_contain_text("Refunds arrive on your card within 5 to 7 business days", timeout=PATIENCE)
    expect(answer).to_contain_text("I'm Mina, the AI assistant of Terra & Glaze.")
    expect(answer.locator(".ai")).to_have_text("AI")
    expect(answer.get_by_role("link", name="Returns and refunds")).to_have_attribute("href", "https://shop.example/0")

    desk = world.sign_in(world.owner)
    expect(desk.locator("#rows .list-row")).to_have_count(0)
    chat.get_by_role("button", name="Talk to a person").click()
    expect(chat.locator(".words", has_text="passed this on")).to_be_visible(timeout=PATIENCE)
    expect(desk.locator("#rows .list-row")).to_have_count(1)


def test_unknown_question_is_handed_over_with_a_summary_that_the_agent_sees(world: World) -> None:
    desk = world.sign_in(world.agent_with_inbox())
    chat = open_chat(world.visit_shop())
    write(chat, "Do you sell bicycles? I have order #4711 with you.")
    row = desk.locator("#rows .list-row")
    expect(chat.locator(".words", has_text="passed this on")).to_be_visible(timeout=PATIENCE)
    row.first.click()
    expect(desk.locator("#messages .message-note .text")).to_contain_text("Do you sell bicycles?")
    expect(desk.locator("#messages .message-note .text")).to_contain_text("#4711")
    expect(desk.locator("#messages .activity", has_text="The AI handed the conversation over")).to_be_visible()


def test_switched_off_in_the_middle_of_an_answer_nothing_more_is_sent(world: World, slow_model: Scripted) -> None:
    set_up(world.workspace, slow_model)
    drafted = {"can_answer": True, "sentences": [{"text": ARTICLES["Shipping"].split(". ")[0] + ".", "source": 0}]}
    slow_model.default = says(json.dumps(drafted), pieces=20, between=0.4)
    chat = open_chat(world.visit_shop())
    write(chat, "What does standard shipping cost?")
    _until(lambda: bool(slow_model.calls))
    with scope(world.workspace.pk):
        switch_off(Switch.Level.WORKSPACE, None, actor=Actor.system())
    _until(lambda: _is_dealt_with(world))
    with scope(world.workspace.pk):
        assert not Message.objects.filter(is_ai=True).exists()
    expect(chat.locator(".row-theirs:not(.row-typing)")).to_have_count(0)


def _is_dealt_with(world: World) -> bool:
    with scope(world.workspace.pk):
        turn = Turn.objects.first()
        return turn is not None and turn.due_at is None and turn.done_seq > 0


def _until(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "It did not happen in time."
        time.sleep(0.2)
