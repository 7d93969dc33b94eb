"""The playground for everybody: by keyboard, by screen reader, in the dark, on a narrow screen; and never in production."""

import os
import subprocess
import sys

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from chatzee.embedded.folders import REPOSITORY
from tests.browser.test_accessibility import RULES
from tests.channels_app.playground.conftest import Phones, Place

TITLES = ["Website", "WhatsApp", "Instagram", "Messenger", "Telegram", "SMS", "E-mail"]
OWN = [["#phones > :not([data-platform=website])"], [".head"]]


def problems(page: Page) -> list[str]:
    """What axe finds outside of the shop, which is the website's own page."""
    found = Axe().run(page, context={"include": OWN}, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1680, 390], ids=["wide", "narrow"])
def test_no_violation(demo: Place, browser: Browser, *, dark: bool, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(demo.url)
    phones = Phones(page)
    expect(page.get_by_role("heading", level=2)).to_have_text(TITLES)
    for channel in ("whatsapp", "telegram", "messenger", "instagram"):
        phones.of(channel).write("Hello")
        phones.of(channel).pick("Voice message")
        expect(phones.of(channel).mine).not_to_have_count(0)
    phones.of("mail").write()
    expect(phones.of("mail").mine).not_to_have_count(0)
    found = problems(page)
    phones.of("sms").fault("Delay").focus()
    phones.of("mail").element.locator(".plus").click()
    assert found + problems(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.browser
def test_keyboard_is_enough(phones: Phones) -> None:
    page, phone = phones.page, phones.of("telegram")
    phone.element.locator("textarea").focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("Typed and sent")
    page.keyboard.press("Enter")
    expect(phone.mine.last).to_contain_text("Typed and sent")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(phone.element.locator(".tray .choice").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(phone.element.locator(".plus")).to_be_focused()
    phone.element.locator(".faults-button").focus()
    page.keyboard.press("Enter")
    expect(phone.element.get_by_role("switch", name="Duplicates")).to_be_focused()
    page.keyboard.press("Space")
    expect(phone.element.locator(".notice")).to_have_text("On: Duplicates")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(phone.element.locator(".faults-button")).to_be_focused()


@pytest.mark.browser
def test_somebody_else_begins_a_chat_of_their_own(phones: Phones) -> None:
    phone = phones.of("messenger")
    phone.write("I was here")
    expect(phone.mine.last).to_contain_text("I was here")
    before = phone.element.locator(".who").inner_text()
    phone.element.get_by_role("button", name="Be somebody else").click()
    expect(phone.element.locator(".who")).not_to_have_text(before)
    expect(phone.mine).to_have_count(0)
    expect(phone.element.locator(".empty")).to_be_visible()


@pytest.mark.browser
def test_page_leads_to_the_dashboard(phones: Phones) -> None:
    link = phones.page.get_by_role("link", name="Open the dashboard")
    assert link.get_attribute("href") == os.environ["CHATZEE_PUBLIC_URL"].rstrip("/")
    expect(phones.page.locator("#email")).to_have_text("ana@demo.chatzee.test")


@pytest.mark.browser
def test_page_takes_nothing_from_elsewhere(demo: Place) -> None:
    found = httpx.get(demo.url, follow_redirects=True)
    assert str(found.url) == f"{demo.url}/playground/"
    policy = found.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert httpx.post(f"{demo.url}/playground/faults/end", content=b"{}").status_code == 400
    assert httpx.get(f"{demo.url}/playground/..%2fsite.py").status_code == 404


def test_emulators_refuse_to_start_in_production() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "channels_app.emulators", "--port", "0"],
        cwd=REPOSITORY,
        env={**os.environ, "CHATZEE_MODE": "production"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert "In production the platforms are the real ones." in done.stderr
