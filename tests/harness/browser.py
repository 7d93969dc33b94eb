"""Chromium for the tests marked `browser`: the machine's own where there is one, else Playwright's."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    found = os.environ.get("CHATZEE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    # Of a sandboxed frame in a process of its own, Playwright's routes miss requests: what mails try there would go unseen.
    switches = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-features=IsolateSandboxedIframes"]
    arguments = {**browser_type_launch_args, "args": switches}
    return {**arguments, "executable_path": found} if found else arguments


@pytest.fixture(autouse=True)
def _database_beside_the_browser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Playwright keeps an event loop in the test's thread, which Django takes for async code and refuses to serve."""
    if request.node.get_closest_marker("browser"):
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(autouse=True)
def _pages_closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close what a test opened: pages left open go on asking and reconnecting, and slow down every test after it."""
    if not request.node.get_closest_marker("browser"):
        yield
        return
    browser: Browser = request.getfixturevalue("browser")
    of_the_module = list(browser.contexts)
    yield
    for context in browser.contexts:
        if context not in of_the_module:
            context.close()
