"""Measuring in Chromium: a golden question, its measurement, and an article that is held and then archived by an owner's word."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from ai.models import InboxAi
from ai.services.embedding import embed_waiting
from ai.services.evaluating import start_evaluation
from ai.services.golden import Wanted, add_case
from ai.services.settings import save_inbox_ai
from core.audit import Actor
from core.tenancy import scope
from knowledge.services.articles import create_article, publish_article
from tests.ai.replies.desk import ARTICLES
from tests.browser.world import World, make_world
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

#: A loaded machine takes a while to load the models; a wait that succeeds costs nothing.
PATIENCE = 60_000


@pytest.fixture(scope="module")
def measuring(stack: Stack) -> Iterator[Stack]:
    """The product with its AI worker."""
    stack.start("ai")
    yield stack
    stack.kill("ai")


@pytest.fixture
def world(measuring: Stack, browser: Browser) -> World:
    """A shop with published articles whose chat the AI answers."""
    world = make_world(measuring, browser)
    with scope(world.workspace.pk):
        for title, text in ARTICLES.items():
            article = create_article(language="en", by=world.owner, title=title, body=f"<p>{text}</p>")
            publish_article(article, by=world.owner)
        save_inbox_ai(world.inbox, {"mode": InboxAi.Mode.AUTO, "stage": InboxAi.Stage.ALL}, actor=Actor.system())
    embed_waiting(world.workspace.pk)
    return world


def test_worse_change_is_held_with_its_question_and_made_by_an_owners_word(world: World) -> None:
    page = world.sign_in(world.owner)
    page.goto(world.address("settings/ai/evaluation/questions/new/"))
    page.get_by_label("Question", exact=True).fill("How long does a refund take?")
    page.get_by_label("Search articles and imports").fill("refunds")
    expect(page.locator("[data-row]:visible")).to_have_count(1)
    page.get_by_label("#1 Returns and refunds").check()
    page.get_by_role("button", name="Keep the question").click()
    page.get_by_role("button", name="Measure now").click()
    expect(page.locator(".question-row .chip", has_text="Answered correctly")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("img", name="Risk over coverage")).to_be_visible()

    page.goto(world.address("knowledge/articles/1/"))
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Archive").click()
    expect(page.get_by_text("Measuring…")).to_be_visible()
    page.get_by_role("link", name="Held").click(timeout=PATIENCE)
    expect(page.locator(".held-note")).to_contain_text("with this change the AI answers worse")
    expect(page.locator(".flip-rows")).to_contain_text("How long does a refund take?")
    expect(page.locator(".flip-side").first).to_contain_text("5 to 7 business days")
    page.get_by_label("Make it all the same, because").fill("The shop closes, nothing is taken back.")
    page.get_by_role("button", name="Make the change").click()
    expect(page.locator(".banner")).to_contain_text("The shop closes, nothing is taken back.")
    page.goto(world.address("knowledge/articles/1/"))
    expect(page.locator(".editor-acts")).to_contain_text("Archived")


def test_harmless_article_is_published_by_itself(world: World) -> None:
    page = world.sign_in(world.owner)
    page.goto(world.address("settings/ai/evaluation/questions/new/"))
    page.get_by_label("Question", exact=True).fill("Do you repair bicycles?")
    page.get_by_text("No answer: a person").click()
    page.get_by_role("button", name="Keep the question").click()
    with scope(world.workspace.pk):
        text = "<p>Vouchers are valid for three years after the day on which they were bought.</p>"
        article = create_article(language="en", by=world.owner, title="How long vouchers are valid", body=text)
    page.goto(world.address(f"knowledge/articles/{article.number}/"))
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator(".toast").last).to_contain_text("Measured, and published.", timeout=PATIENCE)
    expect(page.locator(".editor-acts")).to_contain_text("Published")


def test_page_moves_by_itself_and_takes_nothing_from_under_the_hands(world: World) -> None:
    page, other = world.sign_in(world.owner), world.sign_in(world.owner)
    with scope(world.workspace.pk):
        add_case(Wanted("Do you repair bicycles?", "en", "person"), by=world.owner)
    for one in (page, other):
        one.goto(world.address("settings/ai/evaluation/"))
    row = other.locator(".question-row .chip", has_text="Left to a person, as it should be")
    search = page.get_by_label("Search questions")
    search.press_sequentially("bicy")
    with scope(world.workspace.pk):
        start_evaluation(by=None, is_nightly=True)
    expect(other.get_by_text("Measuring…")).to_be_visible()
    expect(row).to_be_visible(timeout=PATIENCE)
    expect(other.get_by_role("cell", name="At night")).to_be_visible()
    expect(search).to_have_value("bicy")
    expect(page.get_by_text("Not measured yet").first).to_be_visible()
    search.blur()
    expect(search).to_have_value("bicy")
    search.fill("")
    search.blur()
    expect(page.locator(".question-row .chip", has_text="Left to a person, as it should be")).to_be_visible()
