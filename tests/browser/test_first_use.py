"""From nothing to the first answered message: sign-up, own inbox, the chat on a page, a reply."""

import re
import time

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.world import open_chat, write
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

#: Generous to a person who reads; the clicks themselves take seconds.
WITHIN = 180.0


def test_new_user_gets_to_the_first_answered_message(stack: Stack, browser: Browser) -> None:
    began = time.monotonic()
    desk = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    desk.goto(f"{stack.web_url}/sign-up/")
    desk.locator("[name=name]").fill("Noor Haddad")
    desk.locator("[name=email]").fill("noor@olive.example")
    desk.locator("[name=company]").fill("Olive & Thyme")
    desk.locator("[name=password]").fill("copper-lighthouse-violin-77")
    desk.get_by_role("button", name="Create the workspace").click()
    desk.wait_for_url("**/w/**")

    desk.get_by_role("link", name="Add an inbox").first.click()
    desk.locator("[name=channel-allowed_origins]").fill(stack.web_url)
    desk.get_by_role("button", name="Create the inbox").click()
    embed = desk.locator("#embed").inner_text()
    found = re.search(r'data-inbox="([^"]+)"', embed)
    assert found is not None, embed

    desk.goto(f"{stack.web_url}/")
    expect(desk.get_by_role("link", name="Try it on a sample shop")).to_have_attribute("href", f"/widget/{found.group(1)}/try/")
    expect(desk.get_by_role("link", name="Invite people")).to_be_visible()
    shop = browser.new_context().new_page()
    shop.goto(f"{stack.web_url}/widget/{found.group(1)}/try/")
    shop.wait_for_function("() => window.Chatzee && Chatzee.open")
    chat = open_chat(shop)
    write(chat, "Do you ship to Beirut?")

    desk.goto(f"{stack.web_url}/")
    desk.locator("#rows .list-row", has_text="Do you ship to Beirut?").click()
    desk.locator("#composer-text").fill("We do, in five days.")
    desk.keyboard.press("Control+Enter")
    expect(chat.get_by_text("We do, in five days.").first).to_be_visible()
    assert time.monotonic() - began < WITHIN
