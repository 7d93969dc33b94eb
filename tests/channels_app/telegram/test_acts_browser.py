"""What an agent does with messages in the browser, seen in the customer's Telegram."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.world import World
from tests.channels_app.telegram.shop import Shop, open_shop
from tests.emulators.running import Running
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def shop(telegram_line: Running, stack: Stack) -> Shop:
    stack.start()
    telegram_line.control("reset")
    return open_shop(telegram_line, stack)


def calls(shop: Shop, method: str, count: int = 1) -> list[dict[str, Any]]:
    """The parameters of the bot's calls, once there are so many."""
    found = shop.seen(lambda: found if len(found := shop.emulator.outbox(method)) >= count else None)
    return [one["params"] for one in found]


def open_thread(shop: Shop, browser: Browser, text: str) -> Page:
    """The customer's conversation in the agent's browser."""
    shop.emulator.customer(by={"id": 5, "first_name": "Zoë"}, text=text)
    shop.inbound(1)
    desk = World(shop.stack, browser, shop.workspace, shop.agent, shop.agent, shop.inbox).sign_in(shop.agent)
    desk.locator("#rows .list-row", has_text=text).click()
    expect(desk.locator("#composer-text")).to_be_visible()
    return desk


def test_agent_types_answers_changes_and_takes_back(shop: Shop, browser: Browser) -> None:
    desk = open_thread(shop, browser, "Is the bowl still there?")
    desk.locator("#composer-text").press_sequentially("It si")
    assert calls(shop, "sendChatAction")[0] == {"chat_id": 5, "action": "typing"}
    desk.keyboard.press("Control+Enter")
    [sent] = calls(shop, "sendMessage")
    assert sent["text"] == "It si"
    mine = desk.locator(".message-outbound")
    expect(mine).to_have_attribute("data-status", "sent")

    mine.hover()
    mine.get_by_role("button", name="Change the text").click()
    dialog = desk.get_by_role("dialog", name="Change the message")
    dialog.get_by_role("textbox").fill("It is")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0)
    expect(mine.locator(".text")).to_have_text("It is")
    expect(mine.locator(".edited")).to_be_visible()
    [edited] = calls(shop, "editMessageText")
    assert edited["text"] == "It is"

    mine.hover()
    mine.get_by_role("button", name="Delete").click()
    desk.get_by_role("button", name="Delete", exact=True).last.click()
    expect(mine.locator(".deleted")).to_be_visible()
    assert calls(shop, "deleteMessage")[0]["message_id"] == edited["message_id"]


def test_agent_reacts_and_takes_the_reaction_back(shop: Shop, browser: Browser) -> None:
    desk = open_thread(shop, browser, "Thank you!")
    asked = desk.locator(".message-inbound")
    asked.hover()
    asked.get_by_role("button", name="React").click()
    desk.locator("#reaction-picker").get_by_text("❤️").click()
    expect(asked.locator(".reaction")).to_have_text("❤️")
    assert calls(shop, "setMessageReaction")[0]["reaction"] == [{"type": "emoji", "emoji": "❤"}]
    asked.locator(".reaction").click()
    expect(asked.locator(".reaction")).to_have_count(0)
    assert calls(shop, "setMessageReaction", 2)[1]["reaction"] == []


def test_refused_change_is_told_at_the_message(shop: Shop, browser: Browser) -> None:
    desk = open_thread(shop, browser, "Thank you!")
    body = {"ok": False, "error_code": 400, "description": "Bad Request: REACTION_INVALID"}
    shop.emulator.faults(http_errors=[{"match": "setMessageReaction", "code": 400, "body": body}])
    asked = desk.locator(".message-inbound")
    asked.hover()
    asked.get_by_role("button", name="React").click()
    desk.locator("#reaction-picker").get_by_text("🔥").click()
    expect(asked.locator(".remark")).to_contain_text("Telegram does not offer this reaction here.")
