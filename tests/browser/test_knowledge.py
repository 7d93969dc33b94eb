"""The knowledge, in real browsers: written, published, found by readers and in the chat, imported; nothing typed is lost."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from core.tenancy import scope
from knowledge.models import Article, Feedback
from knowledge.services.articles import create_article
from tests.browser.world import World, make_world, open_chat
from tests.harness.stack import Stack
from tests.knowledge.making import png
from tests.knowledge.pdfs import pdf

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def write_article(world: World, desk: Page, title: str, text: str) -> None:
    """Write an article in the editor, as a person does, and publish it."""
    desk.goto(world.address("knowledge/"))
    desk.get_by_role("button", name="New article").click()
    desk.locator("#article-text").wait_for()
    desk.get_by_label("Title").fill(title)
    desk.keyboard.press("Enter")
    desk.keyboard.type(text)
    expect(desk.locator("[data-save-state]")).to_have_text("Saved")
    desk.get_by_role("button", name="Publish", exact=True).click()
    expect(desk.locator("#editor-head").get_by_text("Published")).to_be_visible()


def open_centre(world: World, desk: Page) -> str:
    """Open the help centre; its address."""
    desk.goto(world.address("knowledge/help-centre/"))
    desk.get_by_role("button", name="Open the help centre").click()
    link = desk.locator(".opening a")
    expect(link).to_be_visible()
    return str(link.get_attribute("href"))


def test_article_is_written_published_found_and_judged(world: World) -> None:
    desk = world.sign_in(world.owner)
    write_article(world, desk, "When is my refund here?", "Refunds take a week.\n## Abroad\nTwo weeks.")
    address = open_centre(world, desk)

    reader = world.browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    reader.goto(address)
    assert reader.context.cookies() == []
    reader.keyboard.press("/")
    reader.keyboard.type("refunding")
    reader.locator(".hits a").first.wait_for()
    reader.keyboard.press("ArrowDown")
    reader.keyboard.press("Enter")
    expect(reader.get_by_role("heading", name="When is my refund here?")).to_be_visible()
    expect(reader.locator(".prose h2")).to_have_text(["Abroad"])
    reader.get_by_role("button", name="No", exact=True).click()
    reader.get_by_label(re.compile("in a few words")).fill("Nothing on Norway")
    reader.get_by_role("button", name="Send").click()
    expect(reader.get_by_text("We read every note")).to_be_visible()
    assert reader.context.cookies() == []
    # Last: it fetches style sheets by addresses that do not exist.
    found = Axe().run(reader)
    assert found.violations_count == 0, found.generate_report()
    with scope(world.workspace.pk):
        assert [(one.is_helpful, one.comment) for one in Feedback.objects.all()] == [(False, "Nothing on Norway")]

    shop = world.visit_shop()
    chat = open_chat(shop)
    chat.get_by_role("button", name="Search for answers").first.click()
    chat.locator(".answers-input").fill("refunds")
    chat.locator(".answer-row").first.wait_for()
    shop.keyboard.press("ArrowDown")
    shop.keyboard.press("Enter")
    expect(chat.locator(".answer")).to_contain_text("Refunds take a week.")
    shop.keyboard.press("Escape")
    expect(chat.locator("#answers")).to_be_hidden()


def test_second_of_two_editors_is_told_and_keeps_what_was_typed(world: World) -> None:
    first = world.sign_in(world.owner)
    write_article(world, first, "Refunds", "One week.")
    place = first.url
    second = world.sign_in(world.agent)
    second.goto(place)
    second.locator("#article-text").wait_for()
    first.locator("#article-text").click()
    first.keyboard.press("Control+End")
    first.keyboard.type(" Mine.")
    expect(first.get_by_role("button", name="Publish changes")).to_be_visible()
    second.locator("#article-text").click()
    second.keyboard.press("Control+End")
    second.keyboard.type(" Theirs.")
    expect(second.get_by_text("Ana Souza has changed this article")).to_be_visible()
    second.reload()
    expect(second.locator("#article-text")).to_contain_text("Theirs.")
    second.get_by_role("button", name="Keep mine").click()
    expect(second.locator("[data-save-state]")).to_have_text("Saved")
    with scope(world.workspace.pk):
        article = Article.objects.get()
        assert article.body == "<p>One week. Theirs.</p>"
        assert [one.body for one in article.versions.order_by("number")][-2:] == [
            "<p>One week. Mine.</p>", "<p>One week. Theirs.</p>",
        ]  # fmt: skip


def test_files_are_imported_with_words_for_what_is_wrong(world: World, tmp_path: Path) -> None:
    desk = world.sign_in(world.owner)
    table, document = tmp_path / "faq.csv", tmp_path / "Terms.pdf"
    table.write_text("question,answer\nDo you ship to Norway?,Yes.\nAnd Peru?,\n")
    document.write_bytes(pdf("Our parcels are sent on working days.", "A parcel to Norway takes five to eight days."))
    for file, words in ((table, "The answer is missing in this line."), (document, "1 part")):
        desk.goto(world.address("knowledge/imports/"))
        desk.locator("input[type=file]").set_input_files(file)
        desk.get_by_role("button", name="Import the file").click()
        expect(desk.locator("#source").get_by_text(words)).to_be_visible()
    desk.goto(world.address("knowledge/imports/"))
    expect(desk.locator("#sources li")).to_have_count(2)
    found = desk.request.get(world.address("knowledge/articles/found/?q=norway")).json()
    assert found == {"articles": []}


@pytest.mark.parametrize("dark", [False, pytest.param(True, marks=pytest.mark.drill)], ids=["light", "dark"])
def test_pages_of_the_knowledge_are_accessible(world: World, dark: bool) -> None:
    desk = world.sign_in(world.owner, dark=dark)
    write_article(world, desk, "Refunds", "One week.")
    pages = ["", "gaps/", "imports/", "categories/", "help-centre/", "articles/1/", "articles/1/versions/"]
    for path in pages:
        desk.goto(world.address(f"knowledge/{path}"))
        desk.wait_for_load_state("networkidle")
        found = Axe().run(desk)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
    desk.goto(open_centre(world, desk))
    found = Axe().run(desk)
    assert found.violations_count == 0, found.generate_report()


def test_pictures_are_taken_in_described_and_shown_to_readers(world: World) -> None:
    desk = world.sign_in(world.owner)
    write_article(world, desk, "What do the cups look like?", "Round, and blue.")
    text = desk.locator("#article-text")
    text.locator("p").first.click()
    desk.keyboard.press("End")
    with desk.expect_file_chooser() as chosen:
        desk.get_by_role("button", name="Picture").click()
    chosen.value.set_files({"name": "cup.png", "mimeType": "image/png", "buffer": png(640, 400)})
    described = desk.get_by_label("What does the picture show?")
    expect(described).to_be_focused()
    desk.keyboard.type("A blue cup from above")
    desk.keyboard.press("Enter")
    desk.keyboard.type("It holds a quarter of a litre.")
    expect(text.locator("img")).to_have_attribute("alt", "A blue cup from above")
    pasted = (
        "(bytes) => { const data = new DataTransfer();"
        "data.items.add(new File([new Uint8Array(bytes)], 'b.png', { type: 'image/png' }));"
        "const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });"
        "document.querySelector('#article-text').dispatchEvent(paste); }"
    )
    desk.evaluate(pasted, list(png(90, 60)))
    expect(text.locator("img")).to_have_count(2)
    desk.get_by_role("button", name="Remove").click()
    expect(text.locator("img")).to_have_count(1)
    expect(desk.locator("[data-save-state]")).to_have_text("Saved")
    desk.get_by_role("button", name="Publish changes").click()
    expect(desk.get_by_role("button", name="Publish changes")).to_have_count(0)
    address = open_centre(world, desk)

    reader = world.browser.new_context().new_page()
    reader.goto(address)
    reader.get_by_role("link", name="What do the cups look like?").first.click()
    shown = reader.get_by_role("img", name="A blue cup from above")
    expect(shown).to_have_js_property("naturalWidth", 640)
    assert reader.context.cookies() == []
    frame = open_chat(world.visit_shop())
    frame.get_by_role("button", name="What do the cups look like?").click()
    expect(frame.get_by_role("img", name="A blue cup from above")).to_have_js_property("naturalWidth", 640)


def test_many_articles_at_once_by_keyboard(world: World) -> None:
    with scope(world.workspace.pk):
        for title in ("Refunds", "Delivery", ""):
            create_article(language="en", by=world.owner, title=title, body="<p>A week.</p>")
    desk = world.sign_in(world.owner)
    desk.goto(world.address("knowledge/"))
    bar = desk.get_by_role("toolbar", name="With the chosen articles")
    expect(bar).to_be_hidden()
    desk.get_by_role("link", name="Untitled").focus()
    desk.keyboard.press("x")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Shift+X")
    expect(bar.get_by_role("status")).to_have_text("3 chosen")
    assert Axe().run(desk).response["violations"] == []
    bar.get_by_role("button", name="Publish").click()
    told = desk.locator("#articles .banner")
    expect(told).to_contain_text("2 articles published. 1 stayed as it was:")
    expect(told).to_contain_text("Give the article a title before you publish it.")
    desk.get_by_label("Choose “Delivery”").check()
    bar.get_by_role("button", name="Delete").click()
    dialog = desk.get_by_role("dialog", name="Delete the chosen articles?")
    dialog.get_by_role("button", name="Delete").click()
    expect(desk.locator("#articles .banner")).to_contain_text("1 article deleted.")
    with scope(world.workspace.pk):
        assert sorted(Article.objects.values_list("state", flat=True)) == ["draft", "published"]
