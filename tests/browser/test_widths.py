"""The open conversation between its neighbours: at every width its head has room, and nothing stands over anything."""

from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from core.tenancy import scope
from tests.browser.world import World, make_world
from tests.factories import make_conversation
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser

#: Left and right edges of what the head shows, then the thread's own.
_EDGES = """() => {
    const box = (one) => { const { left, right } = one.getBoundingClientRect(); return [left, right]; };
    const head = document.getElementById("thread-head");
    const parts = head.querySelectorAll(":scope > a, :scope > .thread-who, :scope > button");
    const shown = [...parts].filter((one) => one.checkVisibility());
    return [shown.map(box), box(document.getElementById("thread"))];
}"""


@pytest.fixture
def desk(stack: Stack, browser: Browser) -> Page:
    world: World = make_world(stack, browser)
    with scope(world.workspace.pk):
        make_conversation(world.inbox, "Is the blue bowl still there?", name="Oluwaseun Adeyemi-Featherstonehaugh")
    desk = world.sign_in(world.owner)
    desk.locator("#rows .list-row").first.click()
    expect(desk.locator("#composer-text")).to_be_visible()
    return desk


def test_head_of_the_thread_has_room(desk: Page) -> None:
    for width in (1440, 1280, 1200, 1024, 800, 390):
        desk.set_viewport_size({"width": width, "height": 800})
        shown, (left, right) = desk.evaluate(_EDGES)
        assert right - left >= min(width, 380), width
        assert left <= shown[0][0] and shown[-1][1] <= right <= width, (width, shown)  # noqa: PT018  # one row of edges
        assert all(first[1] <= second[0] for first, second in pairwise(shown)), (width, shown)
        expect(desk.locator("#thread-head h2")).to_be_in_viewport()


def test_what_the_head_has_no_room_for_is_in_its_menu_and_on_its_key(desk: Page) -> None:
    desk.set_viewport_size({"width": 1280, "height": 800})
    desk.get_by_role("button", name="More", exact=True).click()
    desk.get_by_role("menuitem", name="Priority").click()
    desk.get_by_role("menuitemradio", name="Urgent").click()
    expect(desk.locator("#rows .list-row").first).to_contain_text("Urgent")
    desk.locator("#thread-scroll").focus()
    desk.keyboard.press("a")
    expect(desk.locator("#assign-menu")).to_be_visible()
