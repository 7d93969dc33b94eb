"""Teaching, in Chromium: what agents make of suggestions and readings moves the models' page; an answer becomes an article."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from ai.models import FeedbackEvent, Proposal, Reading
from conversations.models import Conversation
from core.events import publish
from core.tenancy import scope
from tests.ai.learning.taught import TRUSTED, replies
from tests.browser.test_helping import ANSWER, SOURCE
from tests.browser.world import World, make_world
from tests.factories import receive
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

QUESTION = "When do I get my money back?"
FACTS = {**replies(1)[0].facts, "document": TRUSTED}
#: A training is a process of its own; other tests share the two cores.
PATIENCE = 60_000


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def ask(world: World, visitor: str) -> Conversation:
    """A customer asks; the message was read, and the AI has a suggestion."""
    with scope(world.workspace.pk):
        message = receive(world.inbox, QUESTION, visitor=visitor)
        Reading.objects.create(message=message, conversation=message.conversation, seq=1, language="en", model="embedded/names")
        found = Proposal(
            workspace_id=world.workspace.pk, conversation=message.conversation, purpose="suggest", to_seq=1, text=ANSWER,
            sources=[SOURCE], confidence=0.81, facts=FACTS,
        )  # fmt: skip
        found.save(force_insert=True)
        publish("ai.proposal", inbox_id=world.inbox.pk, conversation_id=message.conversation_id, proposal=str(found.pk))
    return message.conversation


def taught_before(world: World, count: int) -> None:
    """What colleagues have decided earlier: one article's answers are refused, the others are used."""
    with scope(world.workspace.pk):
        message = receive(world.inbox, QUESTION, visitor="earlier")
        about = {"message": message, "conversation": message.conversation, "contact": message.conversation.contact}
        for number, lesson in enumerate(replies(count)):
            noted = FeedbackEvent.objects.create(
                **about, task="reply", model="evidence", prediction="used", correction=lesson.label, language="en",
                source="accepted" if lesson.label == "used" else "rejected", text=lesson.text, facts=lesson.facts,
            )  # fmt: skip
            # At most fifty lessons of one agent and day count.
            day = timezone.now() - timedelta(days=1 + number // 40)
            FeedbackEvent.objects.filter(pk=noted.pk).update(created_at=day)


def open_talk(world: World, desk: Page, conversation: Conversation) -> None:
    desk.goto(world.address(f"conversations/{conversation.number}/"))
    expect(desk.locator(".suggestion-text")).to_have_text(ANSWER)


def send(desk: Page) -> None:
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-outbound:not(.pending)")).to_have_count(1)


def open_models(world: World, desk: Page, kind: str, lessons: int) -> None:
    desk.goto(world.address(f"settings/ai/models/?kind={kind}"))
    expect(desk.locator("[data-lessons]")).to_have_text(str(lessons))


def test_accepting_editing_and_rejecting_moves_the_model_page(world: World) -> None:
    taken, changed, refused = (ask(world, visitor) for visitor in ("a", "b", "c"))
    desk = world.sign_in(world.owner)
    open_models(world, desk, "reply", 0)
    expect(desk.get_by_text("Nothing was learned yet")).to_be_visible()
    open_talk(world, desk, taken)
    desk.locator("#composer-text").press("Tab")
    send(desk)
    open_models(world, desk, "reply", 1)
    open_talk(world, desk, changed)
    desk.get_by_role("button", name="Insert").click()
    desk.locator("#composer-text").press("End")
    desk.keyboard.type(" Have a nice day!")
    send(desk)
    open_talk(world, desk, refused)
    desk.get_by_role("button", name="Does not fit").click()
    desk.get_by_role("menuitem", name="It does not answer the question").click()
    expect(desk.locator(".suggestion")).to_have_count(0)
    open_models(world, desk, "reply", 3)
    facts = desk.locator("#lessons .facts")
    expect(facts.nth(0)).to_have_text("Accepted1Edited1Rejected1", use_inner_text=False)
    expect(facts.nth(1)).to_have_text("Used2Not used1", use_inner_text=False)


def test_enough_decisions_make_a_gate_that_is_used_and_taken_back_by_one_click(world: World) -> None:
    taught_before(world, 420)
    conversation, desk = ask(world, "a"), world.sign_in(world.owner)
    open_talk(world, desk, conversation)
    desk.get_by_role("button", name="Does not fit").click()
    desk.get_by_role("menuitem", name="The source is out of date").click()
    expect(desk.locator(".suggestion")).to_have_count(0)
    open_models(world, desk, "reply", 421)
    expect(desk.get_by_text("No learned model is in use")).to_be_visible()
    desk.get_by_role("button", name="Train now").click()
    in_use = desk.get_by_text("Model 1 is in use")
    expect(in_use).to_be_visible(timeout=PATIENCE)
    desk.get_by_role("link", name="Model 1").click()
    expect(desk.get_by_text("Measurably better than the one before.")).to_be_visible()
    expect(desk.get_by_role("row", name="… of those, not wanted")).to_be_visible()
    expect(desk.get_by_text("“Not used” taken for “Used”")).to_be_visible()
    desk.go_back()
    desk.get_by_role("button", name="Roll back").click()
    desk.get_by_role("dialog").get_by_role("button", name="Roll back").click()
    expect(desk.get_by_text("No learned model is in use", exact=True)).to_be_visible()


def test_moods_and_priorities_are_taught_beside_the_conversation(world: World) -> None:
    conversation, desk = ask(world, "a"), world.sign_in(world.owner)
    open_talk(world, desk, conversation)
    desk.get_by_label("Mood of the message").select_option("negative")
    expect(desk.locator("select.ai-mood.bad")).to_have_value("negative")
    desk.get_by_role("button", name="The mood is right").click()
    desk.keyboard.press("Escape")
    desk.locator("[popovertarget=priority-menu]").first.click()
    desk.get_by_role("menuitemradio", name="High").click()
    expect(desk.locator(".activity").last).to_contain_text("High")
    open_models(world, desk, "mood", 2)
    expect(desk.locator("#lessons .facts").nth(1)).to_have_text("Unhappy2", use_inner_text=False)
    desk.goto(world.address("settings/ai/models/?kind=priority"))
    expect(desk.locator("[data-lessons]")).to_have_text("1", timeout=10_000)
    expect(desk.locator("#lessons .facts").nth(1)).to_have_text("High1", use_inner_text=False)


def test_an_answer_is_proposed_and_published_as_an_article(world: World) -> None:
    conversation, desk = ask(world, "a"), world.sign_in(world.owner)
    open_talk(world, desk, conversation)
    desk.locator("#composer-text").fill("We refund within a week after the parcel has come back to us. Thank you!")
    send(desk)
    bubble = desk.locator(".message-outbound")
    bubble.hover()
    with desk.expect_response("**/ai/proposals/**") as response:
        bubble.get_by_role("button", name="Propose as an article").click()
    assert "Proposed as an article, without personal data." in response.value.headers["hx-trigger"]
    desk.goto(world.address("knowledge/proposed/"))
    expect(desk.locator(".proposal-text")).to_have_text("We refund within a week after the parcel has come back to us.")
    expect(desk.get_by_role("heading", name=QUESTION)).to_be_visible()
    desk.get_by_role("button", name="Decline").click()
    expect(desk.get_by_text("No proposals")).to_be_visible()
    desk.get_by_role("button", name="Undo").click()
    expect(desk.locator(".proposal-text")).to_be_visible()
    desk.get_by_role("button", name="Publish").click()
    expect(desk.locator("#editor-head").get_by_text("Published", exact=True)).to_be_visible()
