"""WCAG 2.2 AA on every page of the product, light and dark, wide and narrow, empty and full."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Frame, Page

from conversations.models import Conversation
from conversations.services import replies, state
from core.ids import new_id
from core.tenancy import scope
from tests.browser.world import World, make_world, open_chat, write
from tests.factories import make_conversation
from tests.harness.stack import Stack
from tests.isolation.busy import Busy, make_busy
from tests.isolation.routes import all_routes, is_of_workspace, is_personal
from tests.isolation.test_routes import parts_of

pytestmark = pytest.mark.browser

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}

#: Half faded in or out, a menu has not the contrast that people read it with. What goes on for ever is not waited for.
SETTLED = """() => Promise.allSettled(
    document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished)
)"""

PAGES = (
    "",
    "?tab=mine",
    "?status=resolved",
    "conversations/1/",
    "search/?q=order",
    "settings/inboxes/",
    "settings/inboxes/new/",
    "settings/labels/",
    "settings/delivery/",
    "settings/audit/",
    "settings/members/",
    "settings/teams/",
    "settings/workspace/",
    "settings/security/",
)
#: One look with each change; the others, of half a minute and more each, among the drills.
LOOKS = (
    pytest.param(1440, False, id="wide-light"),
    pytest.param(390, True, id="narrow-dark", marks=pytest.mark.drill),
    pytest.param(1440, True, id="wide-dark", marks=pytest.mark.drill),
    pytest.param(390, False, id="narrow-light", marks=pytest.mark.drill),
)
OPEN_PAGES = ("sign-in/", "sign-up/")


@pytest.fixture(scope="module")
def world(stack: Stack, browser: Browser) -> World:
    """A workspace with every kind of message in it."""
    made = make_world(stack, browser)
    with scope(made.workspace.pk):
        conversation = make_conversation(made.inbox, "Where is my order 20418?", name="Zoë Lindqvist")
        replies.add_note(conversation, body="Ask the carrier", author=made.agent, idempotency_key=new_id())
        replies.send_reply(conversation, body="On its way", author=made.agent, idempotency_key=new_id())
        state.set_priority(conversation, Conversation.Priority.URGENT, by=made.agent)
        make_conversation(made.inbox, "Hello", visitor="second")
    return made


def problems(page: Page | Frame) -> list[str]:
    """What axe finds on the page at rest, one line each: the rule, and the first element it concerns."""
    page.wait_for_load_state("networkidle")
    page.evaluate(SETTLED)
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_no_violation_on_any_page(world: World, *, dark: bool, width: int) -> None:
    page = world.sign_in(world.owner, dark=dark, width=width)
    found = []
    for path in PAGES:
        page.goto(world.address(path))
        found += problems(page)
    for path in ("me/", "workspaces/", "workspaces/new/"):
        page.goto(f"{world.stack.web_url}/{path}")
        found += problems(page)
    assert found == []


def _busy() -> Busy:
    try:
        return make_busy()
    finally:
        connections.close_all()


@pytest.mark.drill
@pytest.mark.parametrize(("width", "dark"), [(1440, False), (390, True)], ids=["wide-light", "narrow-dark"])
def test_no_violation_on_any_address(stack: Stack, browser: Browser, *, dark: bool, width: int) -> None:
    """Every address that shows a page, as the resolver lists them, of a workspace in which there is everything."""
    with ThreadPoolExecutor(1) as apart:  # it runs coroutines, and this thread's loop is the browser's
        busy = apart.submit(_busy).result()
    page = World(stack, browser, busy.workspace, busy.owner, busy.owner, busy.inbox).sign_in(busy.owner, dark=dark, width=width)
    parts, found, seen = parts_of(busy), [], 0
    for route in all_routes():
        if not (is_of_workspace(route) or is_personal(route)) or not set(route.parts) <= parts.keys():
            continue
        address = f"{stack.web_url}{route.path(parts)}"
        answer = page.request.get(address, max_redirects=0)
        if answer.status != 200 or "<!doctype html>" not in answer.text()[:100].lower():
            continue
        page.goto(address)
        found += problems(page)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{address}: wider than the window")
        seen += 1
    assert not found, "\n".join(found)
    assert seen >= 50


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_violation_before_sign_in(world: World, *, dark: bool) -> None:
    context = world.browser.new_context(color_scheme="dark" if dark else "light")
    page = context.new_page()
    found = []
    for path in OPEN_PAGES:
        page.goto(f"{world.stack.web_url}/{path}")
        found += problems(page)
    assert found == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_violation_in_the_widget(world: World, *, dark: bool) -> None:
    shop = world.visit_shop()
    shop.emulate_media(color_scheme="dark" if dark else "light")
    chat = open_chat(shop)
    found = problems(shop)
    write(chat, "Hello")
    chat.get_by_text("Hello", exact=True).first.wait_for()
    found += problems(chat)  # the package judges no frame within a page by itself
    chat.get_by_role("button", name="Emoji", exact=True).click()
    found += problems(chat)
    assert found == []


def test_menus_and_dialogs_have_no_violation(world: World) -> None:
    page = world.sign_in(world.owner)
    page.goto(world.address("conversations/1/"))
    found = []
    for key, menu in (("a", "assign-menu"), ("l", "label-menu"), ("p", "priority-menu"), ("h", "snooze-menu")):
        page.keyboard.press(key)
        page.locator(f"#{menu}:popover-open").wait_for()
        found += problems(page)
        page.keyboard.press("Escape")
        page.locator(f"#{menu}").wait_for(state="hidden")
    page.locator("[data-dialog=contact-dialog]").click()
    page.locator("#contact-dialog[open]").wait_for()
    found += problems(page)
    assert found == []
