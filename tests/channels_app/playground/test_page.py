"""The playground as a newcomer uses it: every channel in and out, and what its customers can do."""

import time

import pytest
from playwright.sync_api import Frame, Page, expect

from tests.browser.world import write
from tests.channels_app.playground.conftest import Phones

pytestmark = pytest.mark.browser
CHANNELS = ("whatsapp", "instagram", "messenger", "telegram", "sms", "mail")


def open_thread(desk: Page, text: str) -> None:
    """The conversation whose last words these are."""
    row = desk.locator("#rows .list-row", has_text=text).first
    expect(row).to_be_visible(timeout=60_000)
    row.click()
    expect(desk.locator("#messages .message-inbound .text", has_text=text).last).to_be_visible()


def answer(desk: Page, text: str) -> None:
    desk.locator("#composer-text").fill(text)
    desk.keyboard.press("Control+Enter")


@pytest.mark.parametrize("channel", CHANNELS)
def test_customer_writes_and_sees_the_agents_answer(phones: Phones, desk: Page, channel: str) -> None:
    phone = phones.of(channel)
    phone.write(f"A question by {channel}")
    expect(phone.mine.last).to_contain_text(f"A question by {channel}")
    open_thread(desk, f"A question by {channel}")
    answer(desk, f"An answer by {channel}")
    expect(phone.theirs.last).to_contain_text(f"An answer by {channel}")
    expect(phone.theirs).to_have_count(1)


def open_chat(phones: Phones) -> Frame:
    """The chat in the corner of the shop in the first phone, once one can write in it."""
    page = phones.page
    shop = _frame(page, "/try/")
    shop.wait_for_function("() => window.Chatzee && Chatzee.open")
    shop.evaluate("Chatzee.open()")
    chat = _frame(page, "/frame/")
    chat.get_by_role("textbox").first.wait_for()
    return chat


def _frame(page: Page, path: str) -> Frame:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if found := next((one for one in page.frames if path in one.url), None):
            return found
        page.wait_for_timeout(100)
    raise AssertionError(f"There is no frame of {path}.")


def test_visitor_of_the_shop_writes_and_sees_the_agents_answer(phones: Phones, desk: Page) -> None:
    chat = open_chat(phones)
    write(chat, "A question on the website")
    open_thread(desk, "A question on the website")
    answer(desk, "An answer on the website")
    expect(chat.get_by_text("An answer on the website").first).to_be_visible()


@pytest.mark.parametrize("channel", CHANNELS)
def test_example_stands_ready(phones: Phones, channel: str) -> None:
    phone = phones.of(channel)
    example = phone.element.locator("textarea").input_value()
    count = phone.mine.count()
    phone.write()
    expect(phone.mine).to_have_count(count + 1)
    expect(phone.mine.last).to_contain_text(example.splitlines()[0])
    expect(phone.element.locator("textarea")).to_have_value("")


@pytest.mark.parametrize("channel", CHANNELS)
def test_photo_of_a_customer_arrives(phones: Phones, desk: Page, channel: str) -> None:
    phone = phones.of(channel)
    phone.write(f"A photo by {channel} follows")
    open_thread(desk, f"A photo by {channel} follows")
    phone.pick("Photo")
    expect(phone.mine.last.locator("img")).to_be_visible()
    expect(desk.locator("#messages .message-inbound img").last).to_be_visible(timeout=60_000)


@pytest.mark.parametrize("channel", ["whatsapp", "instagram", "messenger", "telegram"])
def test_voice_message_of_a_customer_arrives(phones: Phones, desk: Page, channel: str) -> None:
    phone = phones.of(channel)
    phone.write(f"A voice by {channel} follows")
    open_thread(desk, f"A voice by {channel} follows")
    phone.pick("Voice message")
    expect(phone.mine.last.locator(".voice span")).to_have_text("0:02")
    expect(desk.locator("#messages .message-inbound audio")).to_have_count(1)


@pytest.mark.parametrize("channel", ["whatsapp", "messenger", "telegram"])
def test_place_of_a_customer_arrives(phones: Phones, desk: Page, channel: str) -> None:
    phone = phones.of(channel)
    phone.write(f"A place by {channel} follows")
    open_thread(desk, f"A place by {channel} follows")
    phone.pick("Location")
    expect(phone.mine.last.locator(".place")).to_be_visible()
    expect(desk.locator("#messages .message-inbound").last).to_contain_text("📍")


def test_customer_changes_reacts_replies_and_takes_back(phones: Phones, desk: Page) -> None:
    phone = phones.of("whatsapp")
    phone.write("The blue one")
    open_thread(desk, "The blue one")
    answer(desk, "It is yours.")
    expect(phone.theirs.last).to_contain_text("It is yours.")

    phone.act(phone.theirs.last, "React with ❤️")
    expect(phone.theirs.last.locator(".reactions")).to_contain_text("❤️")
    expect(desk.locator(".message-outbound .reaction").last).to_have_text("❤️")

    phone.act(phone.theirs.last, "Reply")
    phone.write("Thank you so much")
    expect(phone.mine.last.locator("blockquote")).to_contain_text("It is yours.")
    expect(desk.locator(".message-inbound").last).to_contain_text("It is yours.")

    phone.act(phone.mine.last, "Edit")
    expect(phone.element.locator("textarea")).to_have_value("Thank you so much")
    phone.write("Thanks a lot")
    expect(phone.mine.last).to_contain_text("edited")
    expect(desk.locator(".message-inbound .text").last).to_have_text("Thanks a lot")

    phone.act(phone.mine.last, "Unsend")
    expect(phone.mine.last).to_contain_text("This message was deleted")
    expect(desk.locator(".message-inbound .deleted")).to_have_count(1)


def test_story_is_answered_on_instagram(phones: Phones, desk: Page) -> None:
    phone = phones.of("instagram")
    phone.write("About your story")
    open_thread(desk, "About your story")
    phone.pick("Story reply")
    expect(phone.mine.last).to_contain_text("You replied to their story")
    expect(desk.locator(".message-inbound .text").last).to_have_text("Lovely!")
    phone.pick("Story mention")
    expect(phone.mine.last).to_contain_text("You mentioned them in your story")


def test_only_what_a_platform_has_is_offered(phones: Phones) -> None:
    offered = {}
    for channel in CHANNELS:
        phone = phones.of(channel)
        phone.element.locator(".plus").click()
        offered[channel] = phone.element.locator(".tray .choice").all_inner_texts()
    assert offered == {
        "whatsapp": ["Photo", "Voice message", "Location", "Contact", "Your own file"],
        "instagram": ["Photo", "Voice message", "Story reply", "Story mention", "Heart"],
        "messenger": ["Photo", "Voice message", "Location", "Thumb up", "Your own file"],
        "telegram": ["Photo", "Voice message", "Location", "Sticker", "Contact", "Your own file"],
        "sms": ["Photo", "STOP", "START"],
        "mail": ["Photo", "Your own file"],
    }
