"""An agent and the AI's suggestions, in Chromium: taken by a key, changed, refused with a reason, hidden; all of it live."""

import pytest
from playwright.sync_api import Browser, Page, expect

from ai.models import Assist, Proposal
from ai.services.assisting import finish, grow
from conversations.models import Conversation
from core.events import publish
from core.tenancy import scope
from tests.browser.world import World, make_world
from tests.factories import receive
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

ANSWER = "Refunds arrive on your card within 5 to 7 business days."
SOURCE = {
    "document": "01900000-0000-7000-8000-000000000001",
    "passage": "01900000-0000-7000-8000-000000000002",
    "title": "Returns and refunds",
    "url": "",
    "quote": ANSWER,
    "is_public": True,
}


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def ask(world: World, visitor: str = "visitor-1") -> Conversation:
    """A customer asks, and the AI has a suggestion."""
    with scope(world.workspace.pk):
        conversation = receive(world.inbox, "When do I get my money back?", visitor=visitor).conversation
        suggest(conversation)
    return conversation


def suggest(conversation: Conversation, text: str = ANSWER) -> Proposal:
    """Another suggestion, stored and told as the AI's process does it."""
    found = Proposal(
        workspace_id=conversation.workspace_id, conversation=conversation, purpose="suggest", to_seq=1, text=text,
        sources=[SOURCE], confidence=0.81,
    )  # fmt: skip
    found.save(force_insert=True)
    publish("ai.proposal", inbox_id=conversation.inbox_id, conversation_id=conversation.pk, proposal=str(found.pk))
    return found


def states(world: World) -> list[tuple[str, str, str]]:
    with scope(world.workspace.pk):
        return [(one.state, one.final_text, one.reject_reason) for one in Proposal.objects.order_by("id")]


def open_desk(world: World, conversation: Conversation) -> Page:
    desk = world.sign_in(world.owner)
    desk.goto(world.address(f"conversations/{conversation.number}/"))
    expect(desk.locator(".suggestion-text")).to_have_text(ANSWER)
    return desk


def test_suggestion_is_taken_by_tab_and_sent_as_it_is(world: World) -> None:
    desk = open_desk(world, ask(world))
    desk.locator(".suggestion-sources summary").click()
    expect(desk.locator(".suggestion-sources blockquote")).to_have_text(ANSWER)
    desk.locator("#composer-text").press("Tab")
    expect(desk.locator("#composer-text")).to_have_value(ANSWER)
    expect(desk.locator("#composer-text")).to_be_focused()
    expect(desk.locator(".suggestion")).to_have_count(0)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-outbound .text")).to_have_text([ANSWER])
    expect(desk.locator(".message-outbound:not(.pending)")).to_have_count(1)
    assert states(world) == [("accepted", "", "")]


def test_suggestion_is_changed_after_a_reload_and_noted_with_what_was_sent(world: World) -> None:
    desk = open_desk(world, ask(world))
    desk.get_by_role("button", name="Insert").click()
    desk.reload()
    expect(desk.locator("#composer-text")).to_have_value(ANSWER)
    expect(desk.locator("#composer input[name=proposal]")).not_to_have_value("")
    expect(desk.locator(".suggestion")).to_have_count(0)
    desk.locator("#composer-text").press("End")
    desk.keyboard.type(" Thank you!")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-outbound:not(.pending)")).to_have_count(1)
    assert states(world) == [("edited", f"{ANSWER} Thank you!", "")]


def test_suggestion_that_does_not_fit_goes_with_a_reason_and_another_comes_live(world: World) -> None:
    conversation = ask(world)
    desk = open_desk(world, conversation)
    desk.get_by_role("button", name="Does not fit").click()
    desk.get_by_role("menuitem", name="The source is out of date").click()
    expect(desk.locator(".suggestion")).to_have_count(0)
    with scope(world.workspace.pk):
        suggest(conversation, "It takes ten days.")
    expect(desk.locator(".suggestion-text")).to_have_text("It takes ten days.")
    assert states(world) == [("rejected", "", "outdated"), ("proposed", "", "")]


def test_suggestion_is_hidden_by_escape_and_stays_for_colleagues(world: World) -> None:
    conversation = ask(world)
    desk = open_desk(world, conversation)
    desk.locator("#composer-text").press("Escape")
    expect(desk.locator(".suggestion")).to_have_count(0)
    colleague = world.sign_in(world.agent_with_inbox(), width=390, height=844)
    colleague.goto(world.address(f"conversations/{conversation.number}/"))
    expect(colleague.locator(".suggestion-text")).to_have_text(ANSWER)
    assert states(world) == [("proposed", "", "")]


def test_tab_moves_on_where_something_has_been_typed(world: World) -> None:
    desk = open_desk(world, ask(world))
    desk.locator("#composer-text").fill("My own words")
    desk.locator("#composer-text").press("Tab")
    expect(desk.locator("#composer-text")).not_to_be_focused()
    expect(desk.locator("#composer-text")).to_have_value("My own words")


def test_ai_that_is_switched_off_in_the_conversation_is_gone_at_once(world: World) -> None:
    desk = open_desk(world, ask(world))
    desk.locator(".ai-switches summary").click()
    desk.get_by_role("button", name="Switch AI off here").click()
    expect(desk.locator(".suggestion")).to_have_count(0)
    expect(desk.locator("#ai-understanding")).to_contain_text("AI is switched off in this conversation.")
    desk.locator(".ai-switches summary").click()
    desk.get_by_role("button", name="Switch on").click()
    expect(desk.locator(".suggestion-text")).to_have_text(ANSWER)


def test_a_rewording_grows_before_it_takes_the_texts_place(world: World) -> None:
    desk = open_desk(world, ask(world))
    text, growing = desk.locator("#composer-text"), desk.locator(".composer-growing")
    text.fill("send it back")
    desk.get_by_role("button", name="Help from the AI").click()
    with desk.expect_response("**/ai/rewording/"):
        desk.get_by_role("menuitem", name="More formal").click()
    with scope(world.workspace.pk):
        job = Assist.objects.get(kind="rewrite").pk
    grow(world.workspace.pk, job, "Would you")
    expect(growing).to_have_text("Would you")
    expect(text).to_have_value("send it back")
    grow(world.workspace.pk, job, "Would you please send")
    expect(growing).to_have_text("Would you please send")
    with scope(world.workspace.pk):
        finish(Assist.objects.select_related("conversation__contact").get(pk=job), {"text": "Would you please send it back?"})
    expect(text).to_have_value("Would you please send it back?")
    expect(growing).to_be_hidden()
