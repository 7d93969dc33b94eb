"""What agents do all day, by keyboard and pointer: assign, label, mention, attach, search."""

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from conversations.models import Conversation, Label
from conversations.services import contacts, state
from core.audit import Actor
from core.tenancy import scope
from tests.browser.world import World, make_world, open_chat, write
from tests.factories import make_conversation
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    made = make_world(stack, browser)
    with scope(made.workspace.pk):
        Label.objects.create(name="returns", color="3")
        for number in range(60):
            make_conversation(made.inbox, f"Message number {number} about crockery", visitor=f"visitor-{number}")
    return made


def opened(world: World, text: str) -> Page:
    desk = world.sign_in(world.owner)
    desk.locator("#rows .list-row", has_text=text).first.click()
    expect(desk.locator("#composer-text")).to_be_visible()
    # A person needs longer than htmx to find the button; a test does not.
    expect(desk.locator("#conversation")).not_to_have_class(re.compile("htmx-"))
    expect(desk.locator("#conversation .htmx-added")).to_have_count(0)
    return desk


def test_conversation_is_taken_labelled_and_prioritised_by_keyboard(world: World) -> None:
    desk = opened(world, "Message number 59")
    desk.keyboard.press("i")
    expect(desk.locator(".activity", has_text="Ana Souza took the conversation")).to_be_visible()
    desk.keyboard.press("l")
    expect(desk.locator("#label-menu [role=menuitemcheckbox]")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(desk.locator(".activity", has_text="added the label “returns”")).to_be_visible()
    desk.keyboard.press("Escape")
    expect(desk.locator("#label-menu")).to_be_hidden()
    desk.keyboard.press("p")
    expect(desk.locator("#priority-menu [aria-checked=true]")).to_be_focused()
    desk.keyboard.press("End")
    desk.keyboard.press("Enter")
    row = desk.locator("#rows .conversation-row", has_text="Message number 59")
    expect(row.locator(".chip", has_text="Urgent")).to_be_visible()
    expect(row.locator(".chip", has_text="returns")).to_be_visible()


def test_contact_is_found_merged_and_taken_apart(world: World) -> None:
    with scope(world.workspace.pk):
        other = Conversation.objects.select_related("contact").get(number=1).contact
        contacts.edit_contact(other, name="Rosalina Prata", attributes={}, actor=Actor.user(world.owner.pk))
    desk = opened(world, "Message number 59")
    desk.get_by_role("button", name="Merge").click()
    desk.get_by_role("searchbox", name="Find the other contact").press_sequentially("rosalina")
    desk.locator(".merge-row", has_text="Rosalina Prata").click()
    desk.get_by_role("button", name="Merge", exact=True).click()
    expect(desk.locator(".merged-line")).to_contain_text("Rosalina Prata was merged into this contact")
    expect(desk.locator(".earlier-link")).to_have_count(1)
    desk.locator(".merged-line").get_by_role("button", name="Undo").click()
    expect(desk.locator(".merged-line")).to_have_count(0)
    expect(desk.locator(".earlier-link")).to_have_count(0)


def test_list_goes_on_while_scrolling_and_every_row_comes_once(world: World) -> None:
    desk = world.sign_in(world.owner)
    expect(desk.locator("#rows .conversation-row")).to_have_count(50)
    desk.locator("#rows-scroll").evaluate("one => one.scrollTo(0, one.scrollHeight)")
    expect(desk.locator("#rows .conversation-row")).to_have_count(60)
    numbers = desk.locator("#rows .conversation-row").evaluate_all("rows => rows.map(one => one.dataset.number)")
    assert sorted(map(int, numbers)) == list(range(1, 61))


def test_mentioned_colleague_is_told_and_finds_it(world: World) -> None:
    desk = opened(world, "Message number 59")
    colleague = world.sign_in(world.agent_with_inbox())
    colleague.wait_for_timeout(500)
    desk.keyboard.press("n")
    desk.keyboard.type("Can @Kwa")
    expect(desk.locator("#mention-menu")).to_be_visible()
    desk.keyboard.press("Enter")
    desk.keyboard.type("look at this?")
    desk.keyboard.press("Control+Enter")
    expect(colleague.locator("toast-region")).to_contain_text("Ana Souza mentioned you")
    colleague.get_by_role("link", name="Mentions of you").click()
    expect(colleague.locator("#rows .conversation-row")).to_have_count(1)


def test_file_reaches_the_visitor_and_shows_in_the_thread(world: World, tmp_path: Path) -> None:
    picture = tmp_path / "glaze.png"
    Image.new("RGB", (640, 480), "teal").save(picture)
    chat = open_chat(world.visit_shop())
    write(chat, "Which colour is it?")
    desk = opened(world, "Which colour is it?")
    desk.locator("[data-part=picker]").set_input_files(picture)
    expect(desk.locator(".composer-files .chip progress")).to_have_count(0)
    desk.locator("#composer-text").fill("This one")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-outbound img[alt='glaze.png']")).to_be_visible()
    expect(chat.locator("img[alt*='glaze.png']").first).to_be_visible()


def test_program_is_refused_in_words_and_the_text_stays(world: World, tmp_path: Path) -> None:
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ" + bytes(100))
    desk = opened(world, "Message number 59")
    desk.locator("#composer-text").fill("Here you are")
    desk.locator("[data-part=picker]").set_input_files(program)
    expect(desk.locator("[data-part=error]")).to_contain_text("Programs cannot be sent")
    expect(desk.locator("#composer-text")).to_have_value("Here you are")


def test_search_finds_while_typing_and_opens_the_place(world: World) -> None:
    desk = world.sign_in(world.owner)
    desk.goto(world.address("search/"))
    desk.locator("#q").type("numb")
    expect(desk.locator("#results .result").first).to_be_visible()
    desk.locator("#q").fill("number 7 ")
    expect(desk.locator("#results .result")).to_have_count(1)
    expect(desk.locator("#results mark")).to_have_text(["number", "7"])
    desk.locator("#results .result").click()
    desk.wait_for_url(re.compile(r"conversations/8/\?at=1"))
    expect(desk.locator("#messages .message-inbound .text")).to_have_text("Message number 7 about crockery")
    desk.goto(world.address("search/?q=number"))
    desk.keyboard.type(" 7 ")
    expect(desk.locator("#q")).to_have_value("number 7 ")
    expect(desk.locator("#results .result")).to_have_count(1)


def test_resolved_conversation_leaves_the_list_and_can_be_undone(world: World) -> None:
    desk = opened(world, "Message number 59")
    desk.keyboard.press("e")
    expect(desk.locator("#thread-head")).to_have_attribute("data-status", "resolved")
    desk.locator("toast-region .toast-action").click()
    expect(desk.locator("#thread-head")).to_have_attribute("data-status", "open")


def test_list_is_narrowed_down_by_several_things_at_once(world: World) -> None:
    with scope(world.workspace.pk):
        label = Label.objects.get()
        marked, solved = (Conversation.objects.get(number=number) for number in (3, 4))
        for one in (marked, solved):
            state.add_label(one, label, by=world.owner)
        state.set_status(solved, "resolved", by=world.owner)
    desk = world.sign_in(world.owner)
    desk.locator(".pane-places").get_by_role("link", name="returns").click()
    expect(desk.locator("#rows .list-row")).to_have_count(1)
    desk.keyboard.press("f")
    desk.locator("#filter-menu").get_by_role("menuitemradio", name="Resolved").click()
    expect(desk.locator("#rows .list-row")).to_have_count(1)
    expect(desk.locator("#rows .list-row")).to_have_attribute("data-open", "4")
    expect(desk.locator("#list-pane h1")).to_have_text("returns")
    desk.get_by_role("link", name="Remove filter: Resolved").click()
    expect(desk.locator("#rows .list-row")).to_have_attribute("data-open", "3")
    desk.reload()
    expect(desk.locator("#rows .list-row")).to_have_attribute("data-open", "3")


def test_wrong_setting_of_an_inbox_is_said_where_it_is_and_the_page_stays_whole(world: World) -> None:
    page = world.sign_in(world.owner)
    page.goto(world.address(f"settings/inboxes/{world.inbox.pk}/"))
    page.get_by_label("Privacy policy").fill("not an address")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Privacy policy")).to_be_focused()
    expect(page.get_by_text("Enter a valid URL.")).to_be_visible()
    expect(page.locator(".settings-nav")).to_be_visible()
    expect(page.get_by_label("Privacy policy")).to_have_value("not an address")
    page.get_by_label("Privacy policy").fill("https://shop.example/privacy")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("toast-region").get_by_text("Saved")).to_be_visible()
    expect(page.get_by_text("Enter a valid URL.")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Privacy policy")).to_have_value("https://shop.example/privacy")
