"""The chat in real browsers on the real product: files that are refused, and two tabs of one visitor."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.world import World, begin_talk, make_world, open_chat, write
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def test_program_is_refused_in_the_tray_before_anything_is_sent(world: World, tmp_path: Path) -> None:
    program = tmp_path / "setup.exe"
    program.write_bytes(b"MZ" + bytes(100))
    shop = world.visit_shop()
    sent: list[str] = []
    shop.on("request", lambda request: sent.append(request.url) if "/uploads/" in request.url else None)
    chat = open_chat(shop)
    chat.locator("input[type=file]").set_input_files(program)
    chip = chat.get_by_role("list", name="Files to send").get_by_role("listitem")
    expect(chip.get_by_role("alert")).to_have_text("Programs cannot be sent. Put it into a zip file with a password.")
    expect(chip.get_by_role("button")).to_have_count(1)
    chip.get_by_role("button", name="Remove setup.exe").click()
    expect(chip).to_have_count(0)
    assert sent == []


def test_two_tabs_of_one_visitor_both_show_all_and_nothing_twice(world: World) -> None:
    desk, shop, first = begin_talk(world, "From the first tab")

    other = shop.context.new_page()
    other.goto(shop.url)
    other.wait_for_function("() => window.Chatzee && Chatzee.open")
    second = open_chat(other)
    write(second, "From the second tab")
    desk.locator("#composer-text").fill("To both of them")
    desk.keyboard.press("Control+Enter")

    texts = ("From the first tab", "From the second tab", "To both of them")
    for chat in (first, second):
        for text in texts:
            expect(chat.get_by_role("log").get_by_text(text, exact=True)).to_have_count(1)
    expect(desk.locator("#messages .message-inbound .text")).to_have_text(list(texts[:2]))
    write(first, "And once more")
    expect(second.get_by_role("log").get_by_text("And once more", exact=True)).to_have_count(1)
    expect(first.get_by_role("log").get_by_text("And once more", exact=True)).to_have_count(1)
    expect(desk.locator("#rows .conversation-row")).to_have_count(1)
