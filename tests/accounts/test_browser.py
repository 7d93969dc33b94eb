"""Signing up, codes and passkeys in a real browser, with Chromium's virtual authenticator."""

import re
import time

import pytest
from django.utils import timezone
from django_otp.oath import TOTP
from playwright.sync_api import Browser, Page, expect

from accounts.models import Passkey, TotpDevice, User
from tests.factories import PASSWORD, make_user, make_workspace
from tests.harness.stack import Stack

pytestmark = pytest.mark.browser


def _page(browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 860}).new_page()
    page.set_default_timeout(15_000)
    return page


def _with_authenticator(page: Page) -> None:
    """Give the page a device that makes and uses passkeys without asking."""
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _sign_in(page: Page, stack: Stack, user: User) -> None:
    page.goto(f"{stack.web_url}/sign-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")


def _code(device: TotpDevice, *, after: float = 0) -> str:
    clock = TOTP(bytes.fromhex(device.secret))
    clock.time = time.time() + after
    return f"{clock.token():06}"


def test_new_person_signs_up_and_sets_up_an_app(stack: Stack, browser: Browser) -> None:
    page = _page(browser)
    page.goto(f"{stack.web_url}/sign-up/")
    page.get_by_label("Your name").fill("Inês Duarte")
    page.get_by_label("Work e-mail address").fill("ines@atelie.example")
    page.get_by_label("Company").fill("Ateliê Terra")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/w/**")
    expect(page.get_by_text("Confirm your e-mail address")).to_be_visible()
    user = User.objects.by_email("ines@atelie.example")
    assert user is not None
    assert user.language == "en"
    User.objects.filter(pk=user.pk).update(email_verified_at=timezone.now())

    page.goto(f"{stack.web_url}/me/second-factor/")
    page.get_by_role("link", name="Set up an app").click()
    secret = page.locator("#totp-secret").inner_text().replace(" ", "")
    device = TotpDevice.objects.get(user=user)
    assert len(secret) == 32
    page.get_by_label("Code from the app").press_sequentially(_code(device))

    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert page.locator("#recovery-codes li").count() == 10
    with page.expect_download() as saved:
        page.get_by_role("link", name="Download").click()
    text = saved.value.path().read_text()
    assert re.fullmatch(r"(?:\w{5}-\w{5}\n){10}", text)

    again = _page(browser)
    _sign_in(again, stack, user)
    again.get_by_label("Code").press_sequentially(_code(device, after=30))
    again.wait_for_url("**/w/**")


def test_passkey_is_made_and_signs_in_without_a_password(stack: Stack, browser: Browser) -> None:
    user = make_user("Kwame Mensah")
    workspace = make_workspace(owner=user)
    page = _page(browser)
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
    _with_authenticator(page)
    _sign_in(page, stack, user)
    page.wait_for_url("**/w/**")

    page.goto(f"{stack.web_url}/me/second-factor/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("Your account is protected by a second factor.")).to_be_visible()
    assert Passkey.objects.get(user=user).name == "Chrome on Linux"

    page.goto(f"{stack.web_url}/me/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"**/w/{workspace.pk}/**")

    page.goto(f"{stack.web_url}/me/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    _sign_in(page, stack, user)
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"**/w/{workspace.pk}/**")
    assert problems == []


def test_sign_in_works_by_keyboard_alone(stack: Stack, browser: Browser) -> None:
    user = make_user("Yuki Tanaka")
    make_workspace(owner=user)
    page = _page(browser)
    page.goto(f"{stack.web_url}/sign-in/")

    for _tab in range(8):
        if page.evaluate("document.activeElement.id") == "id_email":
            break
        page.keyboard.press("Tab")
    page.keyboard.type(user.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    page.wait_for_url("**/w/**")
    expect(page.get_by_role("button", name="Yuki Tanaka")).to_be_visible()
