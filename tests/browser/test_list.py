"""What agents do from the list without opening anything: act on a row, select several, complete an emoji."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from accounts.permissions import Role
from conversations.models import Conversation, InboxMember
from core.tenancy import scope
from tests.browser.world import World, make_world
from tests.factories import make_conversation, make_member, make_user
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    made = make_world(stack, browser)
    with scope(made.workspace.pk):
        for number in range(1, 6):
            make_conversation(made.inbox, f"Bowl number {number}", visitor=f"visitor-{number}")
    return made


def row(desk: Page, number: int) -> Locator:
    return desk.locator(f".conversation-row[data-number='{number}']")


def status_of(world: World, number: int) -> str:
    with scope(world.workspace.pk):
        return Conversation.objects.get(number=number).status


def test_row_under_the_pointer_offers_what_can_be_done_and_stays_as_high(world: World) -> None:
    desk = world.sign_in(world.owner)
    before = row(desk, 3).bounding_box()
    row(desk, 3).hover()
    acts = row(desk, 3).get_by_role("toolbar", name="Quick actions")
    expect(acts).to_be_visible()
    assert row(desk, 3).bounding_box() == before
    expect(acts.get_by_role("button")).to_have_count(4)
    acts.get_by_role("button", name="Assign to me").click()
    expect(row(desk, 3).locator(".row-assignee")).to_contain_text("Ana Souza")
    row(desk, 3).hover()
    acts.get_by_role("button", name="Snooze").click()
    desk.get_by_role("menuitem", name="Tomorrow at 9").click()
    expect(row(desk, 3)).to_have_count(0)
    assert status_of(world, 3) == "snoozed"
    expect(desk.locator("#thread")).to_have_count(0)


def test_resolved_row_offers_to_reopen_and_both_are_undone_or_done_live(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 2).hover()
    desk.get_by_role("button", name="Resolve").click()
    expect(row(desk, 2)).to_have_count(0)
    desk.locator("toast-region .toast-action").click()
    expect(row(desk, 2)).to_be_visible()
    row(desk, 2).hover()
    desk.get_by_role("button", name="Resolve").click()
    expect(row(desk, 2)).to_have_count(0)
    desk.locator(".pane-places").get_by_role("link", name="Resolved").click()
    row(desk, 2).hover()
    expect(desk.get_by_role("button", name="Resolve")).to_have_count(0)
    desk.get_by_role("button", name="Reopen").click()
    expect(row(desk, 2)).to_have_count(0)
    assert status_of(world, 2) == "open"


def test_keyboard_reaches_the_actions_of_a_row_and_goes_on_with_the_next(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 5).get_by_role("link").focus()
    desk.keyboard.press("Tab")
    desk.keyboard.press("Shift+Tab")
    acts = row(desk, 5).get_by_role("toolbar", name="Quick actions")
    expect(acts).to_be_visible()
    for _times in range(4):
        desk.keyboard.press("Tab")
    expect(acts.get_by_role("button", name="Resolve")).to_be_focused()
    desk.keyboard.press("Enter")
    expect(row(desk, 5)).to_have_count(0)
    expect(row(desk, 4).get_by_role("link")).to_be_focused()


def test_several_are_selected_by_keys_and_resolved_together(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 5).hover()
    desk.keyboard.press("x")
    expect(row(desk, 5)).to_have_attribute("data-selected", "")
    desk.keyboard.press("Shift+J")
    desk.keyboard.press("Shift+J")
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(3)
    desk.keyboard.press("Shift+K")
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(2)
    expect(desk.locator(".row-acts")).to_contain_text("2 selected")
    desk.keyboard.press("e")
    expect(row(desk, 5)).to_have_count(0)
    expect(row(desk, 4)).to_have_count(0)
    expect(desk.locator(".row-acts[data-docked]")).to_have_count(0)
    expect(desk.locator("toast-region")).to_contain_text("Resolved · 2")
    assert [status_of(world, number) for number in (5, 4, 3)] == ["resolved", "resolved", "open"]
    desk.locator("toast-region .toast-action").click()
    expect(desk.locator("#rows .conversation-row")).to_have_count(5)


def test_shift_and_click_selects_a_stretch_and_escape_nothing(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 4).hover()
    desk.get_by_role("button", name="Select", exact=True).click()
    row(desk, 1).get_by_role("link").click(modifiers=["Shift"])
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(4)
    expect(desk.locator("#thread")).to_have_count(0)
    desk.keyboard.press("Escape")
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(0)
    desk.keyboard.press("?")
    for words in ("Select the conversation", "Select up to this conversation", "Select the next one too"):
        expect(desk.locator("#shortcuts-dialog").get_by_text(words, exact=True)).to_be_visible()


def test_keys_mean_the_row_under_the_pointer_or_the_one_that_was_walked_to(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 5).get_by_role("link").click()
    expect(desk.locator("#composer-text")).to_be_visible()
    row(desk, 3).hover()
    desk.keyboard.press("x")
    expect(row(desk, 3)).to_have_attribute("data-selected", "")
    row(desk, 1).hover()
    desk.keyboard.press("Shift+X")
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(3)
    desk.keyboard.press("Escape")
    desk.keyboard.press("j")
    expect(row(desk, 4).get_by_role("link")).to_have_attribute("aria-current", "true")
    desk.keyboard.press("x")
    expect(row(desk, 4)).to_have_attribute("data-selected", "")
    expect(desk.locator(".conversation-row[data-selected]")).to_have_count(1)


def test_viewer_is_offered_nothing_to_do(world: World) -> None:
    viewer = make_member(world.workspace, Role.VIEWER, user=make_user("Luca Moretti")).user
    with scope(world.workspace.pk):
        InboxMember.objects.create(workspace=world.workspace, inbox=world.inbox, user=viewer)
    desk = world.sign_in(viewer)
    row(desk, 3).hover()
    desk.keyboard.press("x")
    expect(desk.locator("#rows .conversation-row")).to_have_count(5)
    expect(desk.locator(".row-acts, #row-acts, .conversation-row[data-selected]")).to_have_count(0)


def test_emoji_is_completed_by_its_name_and_escape_leaves_what_was_typed(world: World) -> None:
    desk = world.sign_in(world.owner)
    row(desk, 3).get_by_role("link").click()
    text = desk.locator("#composer-text")
    expect(text).to_be_visible()
    expect(desk.locator("#conversation")).not_to_have_class(re.compile("htmx-"))
    text.press_sequentially("At 12:30 :smi")
    expect(desk.get_by_role("option", name="smile")).to_have_attribute("aria-selected", "true")
    desk.keyboard.press("Enter")
    expect(text).to_have_value("At 12:30 🙂")
    text.press_sequentially(" :th")
    expect(desk.get_by_role("option")).to_have_count(4)
    desk.keyboard.press("Escape")
    expect(desk.locator("#emoji-menu")).to_be_hidden()
    expect(text).to_have_value("At 12:30 🙂 :th")
    text.press_sequentially("um")
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Tab")
    expect(text).to_have_value("At 12:30 🙂 👎")
