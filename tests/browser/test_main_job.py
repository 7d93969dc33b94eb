"""The main job, in real browsers on the real product: a visitor writes, an agent answers, both live."""

import re

import pytest
from playwright.sync_api import Browser, expect

from channels_app.adapters.website.parse import MAX_TEXT
from tests.browser.world import World, begin_talk, make_world, open_chat, write
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def test_visitor_writes_and_agent_answers_without_reload(world: World) -> None:
    desk = world.sign_in(world.agent_with_inbox())
    shop = world.visit_shop()
    chat = open_chat(shop)

    write(chat, "Is the blue bowl still there?")
    row = desk.locator("#rows .list-row", has_text="Is the blue bowl still there?")
    expect(row).to_be_visible()
    row.click()
    expect(desk.locator("#messages .message-inbound .text")).to_have_text(["Is the blue bowl still there?"])

    desk.locator("#composer-text").fill("Two of them, yes!")
    desk.keyboard.press("Control+Enter")
    expect(chat.get_by_text("Two of them, yes!").first).to_be_visible()
    expect(desk.locator(".message-outbound")).to_have_attribute("data-status", "read")
    expect(desk.locator(".message-outbound")).to_have_count(1)


def test_nothing_is_lost_when_the_sockets_drop_in_between(world: World) -> None:
    desk, shop, chat = begin_talk(world, "First")

    world.stack.kill("edge")
    write(chat, "Second, while the line is down")
    world.stack.start("edge")
    expect(desk.locator("#messages .message-inbound")).to_have_count(2, timeout=30_000)

    shop.context.set_offline(True)
    write(chat, "Third, from a tunnel")
    desk.locator("#composer-text").fill("Are you still there?")
    desk.keyboard.press("Control+Enter")
    shop.context.set_offline(False)
    expect(chat.get_by_text("Are you still there?").first).to_be_visible(timeout=30_000)
    expect(desk.locator("#messages .message-inbound .text")).to_have_text(
        ["First", "Second, while the line is down", "Third, from a tunnel"], timeout=30_000
    )


def test_reply_that_does_not_reach_us_is_kept_and_sent_once(world: World) -> None:
    desk = world.sign_in(world.owner)
    chat = open_chat(world.visit_shop())
    write(chat, "Hello")
    desk.locator("#rows .list-row", has_text="Hello").click()
    expect(desk.locator("#composer-text")).to_be_visible()

    desk.context.set_offline(True)
    desk.locator("#composer-text").fill("This must survive")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("[data-part=error]")).to_be_visible()
    expect(desk.locator("#composer-text")).to_have_value("This must survive")

    desk.context.set_offline(False)
    desk.keyboard.press("Control+Enter")
    expect(chat.get_by_text("This must survive")).to_have_count(1, timeout=20_000)
    expect(desk.locator(".message-outbound")).to_have_count(1)


def test_draft_survives_a_reload_and_a_switch(world: World) -> None:
    chat = open_chat(world.visit_shop())
    write(chat, "Hello")
    desk = world.sign_in(world.owner)
    desk.locator("#rows .list-row", has_text="Hello").click()
    desk.locator("#composer-text").fill("Half a senten")
    desk.reload()
    expect(desk.locator("#composer-text")).to_have_value("Half a senten")


def test_second_agent_sees_every_change_live(world: World) -> None:
    chat = open_chat(world.visit_shop())
    write(chat, "Please help")
    first, second = world.sign_in(world.owner), world.sign_in(world.agent_with_inbox())
    for desk in (first, second):
        desk.locator("#rows .list-row", has_text="Please help").click()
        expect(desk.locator("#messages .message-inbound")).to_have_count(1)

    first.keyboard.press("n")
    first.keyboard.type("Give her the discount")
    first.keyboard.press("Control+Enter")
    expect(second.locator(".message-note .text")).to_have_text("Give her the discount")
    for desk, other in ((first, "Kwame Mensah"), (second, "Ana Souza")):
        expect(desk.locator("#viewers .avatar")).to_be_in_viewport()
        expect(desk.locator("#viewers")).to_have_text(re.compile(f"{other} is here too"))
        expect(desk.locator(".thread-who h2")).to_be_in_viewport()

    first.keyboard.press("Escape")
    first.keyboard.press("e")
    expect(second.locator(".activity", has_text="resolved the conversation")).to_be_visible()
    expect(second.locator("#thread-head")).to_have_attribute("data-status", "resolved")
    expect(chat.get_by_text("Give her the discount")).to_have_count(0)


def test_back_button_and_address_tell_where_one_is(world: World) -> None:
    chat = open_chat(world.visit_shop())
    write(chat, "Hello")
    desk = world.sign_in(world.owner)
    desk.locator("#rows .list-row", has_text="Hello").click()
    desk.wait_for_url("**/conversations/1/**")
    desk.locator("[data-tab=mine]").click()
    desk.wait_for_url("**tab=mine**")
    desk.go_back()
    expect(desk.locator("[data-tab=all]")).to_have_attribute("aria-current", "page")
    desk.go_back()
    desk.wait_for_url(world.address())


def test_agent_who_goes_on_is_not_shown_as_here_any_more(world: World) -> None:
    for shop, text in ((world.visit_shop(), "About my bowl"), (world.visit_shop(), "About my vase")):
        write(open_chat(shop), text)
    first, second = world.sign_in(world.owner), world.sign_in(world.agent_with_inbox())
    for desk in (first, second):
        desk.locator("#rows .list-row", has_text="About my bowl").click()
    expect(second.locator("#viewers .avatar")).to_have_count(1)
    first.locator("#rows .list-row", has_text="About my vase").click()
    expect(second.locator("#viewers .avatar")).to_have_count(0)


def test_message_that_is_too_long_stays_with_the_visitor_until_it_is_shorter(world: World) -> None:
    chat = open_chat(world.visit_shop())
    box = chat.get_by_role("textbox").first
    box.fill("a" * (MAX_TEXT + 2))
    expect(chat.get_by_role("alert").filter(has_text="2 characters too long")).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("a" * (MAX_TEXT + 2))
    expect(chat.get_by_role("button", name="Send", exact=True)).to_be_disabled()
    box.fill("b" * MAX_TEXT)
    box.press("Enter")
    expect(world.sign_in(world.owner).locator("#rows .list-row", has_text="bbbb")).to_be_visible()
