"""What the elements of the design system do, by keyboard and by pointer, in Chromium."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = pytest.mark.browser

type Show = Callable[[str], Page]

MENU = """
<button popovertarget="m" id="opener">More</button>
<menu-popover id="m" popover class="menu">
  <button role="menuitem" id="one">Assign</button>
  <button role="menuitem" id="two">Snooze</button>
  <button role="menuitem" id="three">Resolve</button>
</menu-popover>
"""
TELL = "(detail) => document.body.dispatchEvent(new CustomEvent('toast', { bubbles: true, detail }))"
TOASTS = '<toast-region data-undo="Undo" data-dismiss="Dismiss" data-broken="It did not work."></toast-region>'
CONFIRM = """
<form id="f" method="post" action="/sent" data-confirm="It goes for ever." data-confirm-title="Delete Shop?"
  data-confirm-type="Shop"><button>Delete</button></form>
<dialog class="dialog" id="confirm-dialog" data-title="Sure?" data-action="Continue"><form method="dialog">
  <h2 data-part="title"></h2><p data-part="text"></p><label data-part="typed"><b data-part="name"></b><input></label>
  <button type="button" data-close>Cancel</button><button value="yes" data-part="action"></button></form></dialog>
"""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_menu_is_used_by_keyboard_and_gives_the_focus_back(show: Show) -> None:
    page = show(MENU)
    page.locator("#opener").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#one")).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert focused(page) == "three"
    page.keyboard.press("s")
    assert focused(page) == "two"
    page.keyboard.press("Escape")
    expect(page.locator("#m")).to_be_hidden()
    assert focused(page) == "opener"
    assert page.locator("#opener").get_attribute("aria-expanded") == "false"


@pytest.mark.parametrize(
    ("at", "kind", "text"),
    [
        ("2026-03-10T11:59:40Z", "short", "now"),
        ("2026-03-10T11:55:00Z", "short", "5 min"),
        ("2026-03-10T08:00:00Z", "short", "4 hr"),
        ("2026-03-09T01:00:00Z", "short", "Mon"),
        ("2026-02-01T01:00:00Z", "short", "Feb 1"),
        ("2025-02-01T01:00:00Z", "short", "Feb 1, 2025"),
        ("2026-03-10T01:00:00Z", "day", "Today"),
        ("2026-03-09T23:30:00Z", "day", "Today"),
        ("2026-03-09T22:30:00Z", "day", "Yesterday"),
        ("2026-03-10T11:05:00Z", "clock", "12:05 PM"),
        ("2026-03-10T08:05:00Z", "clock", "9:05 AM"),
    ],
)
def test_times_are_said_in_the_zone_of_the_page(show: Show, at: str, kind: str, text: str) -> None:
    page = show("")
    body = """async ([at, kind]) => {
      document.documentElement.dataset.timeZone = "Europe/Paris";
      const { say } = await import("/js/relative-time.js");
      return say(new Date(at), kind, new Date("2026-03-10T12:00:00Z"));
    }"""
    assert page.evaluate(body, [at, kind]) == text


def test_toast_of_the_server_offers_undo_and_posts_it_with_the_token(show: Show) -> None:
    sent: list[tuple[str, str | None]] = []

    def answer(route: Route) -> None:
        sent.append((route.request.method, route.request.headers.get("x-csrftoken")))
        route.fulfill(status=204)

    page = show(TOASTS)
    page.route("**/undo/", answer)
    page.evaluate(TELL, {"message": "<b>Resolved</b>", "undo_url": "/undo/"})
    expect(page.locator(".toast span")).to_have_text("<b>Resolved</b>")
    with page.expect_response("**/undo/"):
        page.get_by_role("button", name="Undo").click()
    assert sent == [("POST", "token-1")]
    expect(page.locator(".toast")).to_have_count(0)


def test_undo_that_fails_is_told(show: Show) -> None:
    page = show(TOASTS)
    page.route("**/undo/", lambda route: route.fulfill(status=500))
    page.evaluate(TELL, {"message": "Done", "undo_url": "/undo/"})
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".toast span")).to_have_text("It did not work.")


def test_dangerous_form_is_sent_only_after_the_name_was_typed(show: Show) -> None:
    posts: list[str] = []

    def answer(route: Route) -> None:
        posts.append(route.request.method)
        route.fulfill(status=204)

    page = show(CONFIRM)
    page.route("**/sent", answer)
    page.locator("#f button").click()
    expect(page.locator("#confirm-dialog h2")).to_have_text("Delete Shop?")
    action = page.locator('[data-part="action"]')
    expect(action).to_be_disabled()
    page.keyboard.press("Escape")
    expect(page.locator("#confirm-dialog")).to_be_hidden()
    assert posts == []
    page.locator("#f button").click()
    page.locator("#confirm-dialog input").fill("Shop")
    with page.expect_response("**/sent"):
        action.click()
    assert posts == ["POST"]


def test_code_sends_itself_at_the_sixth_digit(show: Show) -> None:
    page = show('<form action="/code"><code-input><input name="code"></code-input></form>')
    page.route("**/code?*", lambda route: route.fulfill(status=204))
    page.locator("input").press_sequentially("12 34-5")
    assert page.locator("input").input_value() == "12345"
    with page.expect_request("**/code?code=123456"):
        page.locator("input").press("6")


def test_pane_is_dragged_by_keyboard_and_remembered(show: Show) -> None:
    handle = '<drag-handle data-variable="--list-width" data-min="280" data-max="520"></drag-handle>'
    page = show(handle)
    page.locator("drag-handle").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("drag-handle").get_attribute("aria-valuenow") == "356"
    page = show(handle)
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--list-width').trim()") == "356px"
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert page.locator("drag-handle").get_attribute("aria-valuenow") == "520"


def test_shortcut_presses_its_control_but_not_while_writing(show: Show) -> None:
    page = show('<button data-shortcut="g i" id="go">Inbox</button><input id="in"><output id="n">0</output>')
    page.evaluate(
        "document.getElementById('go').addEventListener('click', () => { document.getElementById('n').textContent += 'x'; })"
    )
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.locator("#n")).to_have_text("0x")
    page.locator("#in").press_sequentially("gi")
    assert page.locator("#n").text_content() == "0x"
    assert page.locator("#in").input_value() == "gi"
