"""A customer writes while an agent's reply is on its way."""

import pytest
from playwright.sync_api import Browser, WebSocketRoute, expect

from tests.browser.world import World, make_world, open_chat, write
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


@pytest.fixture
def world(stack: Stack, browser: Browser) -> World:
    return make_world(stack, browser)


def test_message_that_crosses_a_reply_is_seen_in_its_place(world: World) -> None:
    chat = open_chat(world.visit_shop())
    write(chat, "Do you ship?")
    desk = world.sign_in(world.owner)
    desk.locator("#rows .list-row", has_text="Do you ship?").click()
    expect(desk.locator("#messages .message-inbound")).to_have_count(1)
    witness = world.sign_in(world.owner)

    held = _Held()
    desk.route_web_socket("**/ws/app/**", held.meet)
    desk.reload()
    expect(desk.locator("#messages .message-inbound")).to_have_count(1)
    write(chat, "To Beirut?")
    expect(witness.locator("#rows .list-row", has_text="To Beirut?")).to_be_visible()
    desk.locator("#composer-text").fill("We do.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#messages .message-inbound")).to_have_count(2)
    held.let_go()
    texts = desk.locator("#messages .message-inbound .text, #messages .message-outbound .text")
    expect(texts).to_have_text(["Do you ship?", "To Beirut?", "We do."])
    write(chat, "Thank you.")
    expect(texts).to_have_text(["Do you ship?", "To Beirut?", "We do.", "Thank you."])


class _Held:
    """A socket whose server is not heard until it is let go."""

    def __init__(self) -> None:
        self._page: WebSocketRoute | None = None
        self._waiting: list[str | bytes] | None = []

    def meet(self, page: WebSocketRoute) -> None:
        self._page = page
        page.connect_to_server().on_message(self._said)

    def _said(self, message: str | bytes) -> None:
        if self._waiting is None:
            assert self._page is not None
            self._page.send(message)
        else:
            self._waiting.append(message)

    def let_go(self) -> None:
        assert self._page is not None
        waiting, self._waiting = self._waiting or [], None
        for message in waiting:
            self._page.send(message)
