"""What an agent sends in the browser around the message window, seen on the customer's WhatsApp."""

from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from channels_app.models import MessageTemplate
from channels_app.services.connecting import ask_to_connect
from conversations.models import ContactIdentity
from core.tenancy import scope
from tests.browser.world import World
from tests.channels_app.telegram.shop import Shop
from tests.channels_app.whatsapp.test_whole import ZOE, does, open_shop
from tests.emulators.running import Running
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

BODY = [{"type": "BODY", "text": "Hello {{1}}, your order {{2}} is ready.", "example": {"body_text": [["Zoë", "1042"]]}}]
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}


@pytest.fixture
def shop(whatsapp_line: Running, stack: Stack) -> Shop:
    stack.start()
    whatsapp_line.control("reset")
    return open_shop(whatsapp_line, stack)


def open_thread(shop: Shop, browser: Browser, text: str = "Is it there?") -> Page:
    does(shop, text=text)
    shop.inbound(1)
    desk = World(shop.stack, browser, shop.workspace, shop.agent, shop.agent, shop.inbox).sign_in(shop.agent)
    desk.locator("#rows .list-row", has_text=text).click()
    expect(desk.locator("#composer-text")).to_be_visible()
    return desk


def seen_by_customer(shop: Shop) -> list[dict[str, Any]]:
    number = shop.inbox.settings["phone_number_id"]
    chat = shop.emulator.read("whatsapp/chat", number=number, customer=ZOE["phone"])
    return [one for one in chat["messages"] if not one["is_mine"]]


def problems(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def test_answers_to_choose_from_reach_the_customer_and_come_back(shop: Shop, browser: Browser) -> None:
    desk = open_thread(shop, browser)
    expect(desk.locator("#standing")).to_contain_text("Free replies end")
    desk.get_by_role("button", name="Answers to choose from").click()
    desk.keyboard.type("Yes")
    desk.keyboard.press("Enter")
    desk.keyboard.type("No")
    desk.locator("#composer-text").fill("Shall we keep it?")
    assert problems(desk) == []
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".message-outbound .answers li")).to_have_text(["Yes", "No"])
    [message] = shop.seen(lambda: found if (found := seen_by_customer(shop)) else None)
    assert [one["title"] for one in message["buttons"]] == ["Yes", "No"]
    does(shop, "press", reply_to=message["id"], **message["buttons"][0])
    expect(desk.locator(".message-inbound").last.locator(".text")).to_have_text("Yes")


def test_after_the_window_a_template_is_found_filled_and_sent(shop: Shop, browser: Browser) -> None:
    number = shop.inbox.settings["phone_number_id"]
    made = {"name": "order_ready", "language": "en_US", "category": "UTILITY", "components": BODY, "status": "APPROVED"}
    shop.emulator.control("whatsapp/templates", number=number, **made)
    desk = open_thread(shop, browser)
    with scope(shop.workspace.pk):
        ContactIdentity.objects.filter(inbox=shop.inbox).update(wrote_at=timezone.now() - timedelta(hours=25))
        ask_to_connect(shop.inbox)  # which fetches the templates too
    shop.seen(lambda: MessageTemplate.objects.filter(inbox=shop.inbox, name="order_ready").exists())
    desk.locator("#composer-text").fill("Too late for this")
    desk.reload()
    expect(desk.locator("#standing")).to_contain_text("The time for free replies has passed")
    # What was typed is kept, and cannot go.
    expect(desk.locator("#composer-text")).to_have_value("Too late for this")
    expect(desk.locator("[data-part=send]")).to_be_disabled()
    desk.get_by_role("button", name="Choose a template").click()
    dialog = desk.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("ready")
    dialog.get_by_role("button", name="Order ready").click()
    dialog = desk.get_by_role("dialog", name="Order ready")
    dialog.get_by_label("Value 1").fill("Zoë")
    dialog.get_by_label("Value 2").fill("A-1042")
    expect(dialog.locator("#template-preview")).to_have_text("Hello Zoë, your order A-1042 is ready.")
    assert problems(desk) == []
    dialog.get_by_role("button", name="Send").click()
    expect(desk.get_by_role("dialog")).to_have_count(0)
    expect(desk.locator(".message-outbound")).to_contain_text("A-1042")
    shop.seen(lambda: seen_by_customer(shop))
    assert seen_by_customer(shop)[0]["text"].startswith("Hello Zoë, your order A-1042")


def test_stop_closes_the_composer_at_once_and_start_opens_it(shop: Shop, browser: Browser) -> None:
    desk = open_thread(shop, browser)
    does(shop, text="STOP")
    expect(desk.locator("#standing")).to_contain_text("asked for no more messages")
    expect(desk.locator("[data-part=send]")).to_be_disabled()
    assert problems(desk) == []
    does(shop, text="START")
    expect(desk.locator("#standing")).to_contain_text("Free replies end")
    expect(desk.locator("[data-part=send]")).to_be_enabled()
