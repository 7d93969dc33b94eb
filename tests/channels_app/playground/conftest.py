"""The demo workspace in the running product, the emulator as `bin/dev` starts it, and the page with the phones."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect

from chatzee.embedded import children, environment, ports, processes
from chatzee.embedded.folders import REPOSITORY
from tests.factories import PASSWORD
from tests.harness.stack import Stack

expect.set_options(timeout=30_000)
LIMIT = 60.0


@dataclass
class Place:
    """Where the emulator is, and what it gets to know of the demo."""

    port: int
    notes: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The emulator's process. Ask for it before `stack`, whose processes read where it is when they start."""
    folder = tmp_path_factory.mktemp("playground")
    chosen: list[int] = []
    for wanted in (18_002, 18_025, 18_110, 18_143):
        chosen.append(ports.first_free(wanted, avoid=frozenset(chosen)))
    port, *others = chosen
    mail = dict(zip(("smtp_port", "pop_port", "imap_port"), others, strict=True))
    place = Place(port, folder / "demo.txt")
    command = processes.emulators(port=port, **mail, keep=folder / "kept.json", notes=place.notes)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.emulated(port, **mail).items():
            patch.setitem(os.environ, name, value)
        with (folder / "emulators.log").open("ab") as output:
            process = children.spawn(command, environment=dict(os.environ), folder=REPOSITORY, output=output)
        try:
            _wait_for(place)
            yield place
        finally:
            children.stop(process, patience=5)


def _wait_for(place: Place) -> None:
    deadline = time.monotonic() + LIMIT
    while not processes.answers(place.port):
        assert time.monotonic() < deadline, "The emulator did not start."
        time.sleep(0.1)


@pytest.fixture(scope="module")
def demo(place: Place, stack: Stack) -> Iterator[Place]:
    """The demo workspace, whose inboxes are connected to the emulator and whose mailbox is fetched."""
    done = subprocess.run(
        [sys.executable, "manage.py", "demo"], cwd=REPOSITORY, env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    place.notes.write_text(done.stdout)
    _wait_until_connected(place)
    command = [sys.executable, "manage.py", "listen"]
    with (place.notes.parent / "listener.log").open("ab") as output:
        listener = children.spawn(command, environment=processes.serving(os.environ), folder=REPOSITORY, output=output)
    yield place
    children.stop(listener, patience=5)


def _wait_until_connected(place: Place) -> None:
    deadline = time.monotonic() + LIMIT
    while True:
        found = httpx.get(f"{place.url}/playground/state").json()
        waiting = [name for name, phone in found.items() if not all(one["is_connected"] for one in phone["accounts"])]
        if not waiting:
            return
        assert time.monotonic() < deadline, f"Not connected: {waiting}"
        time.sleep(0.3)


@dataclass
class Phones:
    """The page."""

    page: Page

    def of(self, platform: str) -> "Phone":
        return Phone(self.page.locator(f".phone[data-platform={platform}]"))

    @property
    def shop(self) -> FrameLocator:
        """The website in the first phone."""
        return self.page.frame_locator(".phone[data-platform=website] iframe")


@dataclass
class Phone:
    """A phone on the page."""

    element: Locator

    @property
    def mine(self) -> Locator:
        return self.element.locator(":is(.bubble, .letter).mine")

    @property
    def theirs(self) -> Locator:
        return self.element.locator(":is(.bubble, .letter).theirs")

    def write(self, text: str = "") -> None:
        """Send a text, or the example that stands there."""
        if text:
            self.element.locator("textarea").fill(text)
        self.element.locator(".send").click()

    def pick(self, kind: str) -> None:
        """Send something else."""
        self.element.locator(".plus").click()
        self.element.locator(".tray").get_by_role("button", name=kind).click()

    def act(self, bubble: Locator, name: str) -> None:
        """Do something with a message."""
        bubble.locator(".more").focus()
        bubble.locator(".more").press("Enter")
        self.element.locator(".tray").get_by_role("button", name=name).click()

    def fault(self, name: str) -> Locator:
        """A switch of the drawer, which is opened where it is not."""
        if self.element.locator(".drawer").is_hidden():
            self.element.locator(".faults-button").click()
        return self.element.get_by_role("switch", name=name)

    def turn(self, name: str, *, is_on: bool) -> None:
        """Turn a fault on or off and close the drawer."""
        box = self.fault(name)
        box.set_checked(is_on)
        box.press("Escape")
        expect(self.element.locator(".drawer")).to_be_hidden()


@pytest.fixture
def phones(demo: Place, browser: Browser) -> Phones:
    """The page in a browser of its own, with nobody having written yet."""
    page = browser.new_context(viewport={"width": 1680, "height": 1050}).new_page()
    page.goto(demo.url)
    expect(page.locator(".phone")).to_have_count(7)
    expect(page.locator(".phone .state:not(:empty)")).to_have_count(6)  # all but the website have heard who they write to
    return Phones(page)


@pytest.fixture(scope="module")
def desk(demo: Place, stack: Stack, browser: Browser) -> Iterator[Page]:
    """Ana's browser at the list of conversations."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{stack.web_url}/sign-in/")
    page.get_by_label("E-mail").fill("ana@demo.chatzee.test")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")
    yield page
    page.context.close()
