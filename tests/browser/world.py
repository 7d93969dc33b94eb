"""A small company for the browser tests: its people, its inbox, its visitors' pages."""

import time
from dataclasses import dataclass

from playwright.sync_api import Browser, Frame, Page, expect

from accounts.models import User, Workspace
from conversations.models import Inbox, InboxMember
from core.tenancy import scope
from tests.factories import PASSWORD, make_inbox, make_member, make_user, make_workspace
from tests.harness.stack import Stack

#: Two cores that other tests share are slow at times; a wait that succeeds costs nothing.
expect.set_options(timeout=20_000)


@dataclass
class World:
    """A workspace with an owner, an agent and a website inbox, and pages to see it with."""

    stack: Stack
    browser: Browser
    workspace: Workspace
    owner: User
    agent: User
    inbox: Inbox

    def address(self, path: str = "") -> str:
        """A page of the workspace."""
        return f"{self.stack.web_url}/w/{self.workspace.pk}/{path}"

    def sign_in(self, user: User, *, width: int = 1440, height: int = 900, dark: bool = False) -> Page:
        """A browser of its own in which `user` has signed in by the page, at the list of conversations."""
        context = self.browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light")
        page = context.new_page()
        page.goto(f"{self.stack.web_url}/sign-in/")
        page.get_by_label("E-mail").fill(user.email)
        page.locator("input[type=password]").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/w/**")
        page.goto(self.address())
        return page

    def agent_with_inbox(self) -> User:
        """The agent, who answers the inbox."""
        with scope(self.workspace.pk):
            InboxMember.objects.get_or_create(workspace=self.workspace, inbox=self.inbox, user=self.agent)
        return self.agent

    def visit_shop(self, *, width: int = 1280, height: int = 860) -> Page:
        """A visitor's browser on the sample shop."""
        page = self.browser.new_context(viewport={"width": width, "height": height}).new_page()
        page.goto(f"{self.stack.web_url}/widget/{self.inbox.key}/try/")
        page.wait_for_function("() => window.Chatzee && Chatzee.open")
        return page


def make_world(stack: Stack, browser: Browser) -> World:
    """A fresh company."""
    owner = make_user("Ana Souza")
    workspace = make_workspace("Terra & Glaze", owner)
    agent = make_member(workspace, user=make_user("Kwame Mensah")).user
    with scope(workspace.pk):
        inbox = make_inbox(allowed_origins=[stack.web_url], title="Terra & Glaze", greeting="Hello! How can we help?")
    return World(stack, browser, workspace, owner, agent, inbox)


def open_chat(page: Page) -> Frame:
    """Open the widget; its frame, once one can write in it. The frame is in a closed shadow root."""
    page.evaluate("Chatzee.open()")
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        frame = next((one for one in page.frames if "/frame/" in one.url), None)
        if frame is not None:
            frame.get_by_role("textbox").first.wait_for(timeout=15_000)
            return frame
        page.wait_for_timeout(50)
    raise AssertionError("The chat did not open.")


def write(frame: Frame, text: str) -> None:
    """Write a message as a visitor."""
    box = frame.get_by_role("textbox").first
    box.fill(text)
    box.press("Enter")


def begin_talk(world: World, text: str) -> tuple[Page, Page, Frame]:
    """A visitor writes and the agent opens it: the agent's page, the visitor's, and the chat in it."""
    desk = world.sign_in(world.agent_with_inbox())
    shop = world.visit_shop()
    chat = open_chat(shop)
    write(chat, text)
    desk.locator("#rows .list-row", has_text=text).click()
    expect(desk.locator("#messages .message-inbound")).to_have_count(1)
    return desk, shop, chat
