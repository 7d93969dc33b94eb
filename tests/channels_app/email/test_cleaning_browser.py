"""Hostile mails in a real Chromium: nothing runs, nothing calls out, neither by the cleaner alone nor in the product's frame."""

import html
from collections.abc import Sequence
from itertools import batched

import pytest
from django.conf import settings
from django.utils.csp import build_policy
from playwright.sync_api import Browser, Page, Route

from channels_app.adapters.email.cleaning import shown
from tests.channels_app.email.vectors import vectors

pytestmark = pytest.mark.browser

PAGE = "http://mail.example/"
#: Dialogs are counted in every frame, so that none stops the page.
_COUNT = "for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => { top.fired = (top.fired || 0) + 1; };"
_SETTLE = 250


class Watched:
    """Pages without a network, and everything that they tried to reach."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context()
        self._context.add_init_script(_COUNT)
        self.calls: list[str] = []
        self.popups = 0

    def open(self, body: str, *, policy: str = "") -> Page:
        page = self._context.new_page()
        page.on("popup", self._popped)
        headers = {"content-type": "text/html; charset=utf-8", **({"content-security-policy": policy} if policy else {})}

        def answer(route: Route) -> None:
            if route.request.url == PAGE and route.request.is_navigation_request():
                route.fulfill(body=f"<!doctype html><title>x</title>{body}", headers=headers)
            else:
                self.calls.append(route.request.url)
                route.abort()

        page.route("**/*", answer)
        page.goto(PAGE)
        page.wait_for_timeout(_SETTLE)
        return page

    def fired(self, page: Page) -> int:
        """How often a script of the mail asked for a dialog; a page that was led away counts as well."""
        return int(page.evaluate("window.fired || 0")) + self.popups + (page.url != PAGE)

    def _popped(self, _page: Page) -> None:
        self.popups += 1


def bare(pieces: Sequence[str]) -> str:
    return "".join(f"<div>{piece}</div>" for piece in pieces)


def framed(pieces: Sequence[str]) -> str:
    """The pieces as a conversation shows mails: each in a sandboxed frame of its own."""
    return "".join(f'<iframe sandbox="" srcdoc="{html.escape(piece)}"></iframe>' for piece in pieces)


def cleaned() -> list[str]:
    results = [shown(vector) for vector in vectors()]
    return [result.html + result.quoted for result in results]


def test_cleaned_mail_is_harmless_even_without_a_frame(browser: Browser) -> None:
    watched = Watched(browser)
    for pieces in batched(cleaned(), 100, strict=False):
        page = watched.open(bare(pieces))
        assert watched.fired(page) == 0
        links = page.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(links) <= {"http:", "https:", "mailto:", "tel:"}
        page.close()
    assert watched.calls == []


def test_cleaned_mail_is_harmless_in_the_products_frame(browser: Browser) -> None:
    watched = Watched(browser)
    for pieces in batched(cleaned(), 60, strict=False):
        page = watched.open(framed(pieces), policy=build_policy(settings.SECURE_CSP))
        assert watched.fired(page) == 0
        assert len(page.frames) >= len(pieces)
        page.close()
    assert watched.calls == []


def test_even_raw_mail_runs_nothing_in_the_products_frame(browser: Browser) -> None:
    watched = Watched(browser)
    for pieces in batched(vectors(), 60, strict=False):
        page = watched.open(framed(pieces), policy=build_policy(settings.SECURE_CSP))
        assert watched.fired(page) == 0
        page.close()
    assert [call for call in watched.calls if "out.example" in call and not call.endswith("/x")] == []


def test_watch_sees_what_raw_mail_does(browser: Browser) -> None:
    watched, fired = Watched(browser), 0
    for vector in [
        "<img src=x onerror=alert(1)>",
        "<svg onload=alert(1)>",
        '<p style="background:url(http://out.example)">x</p>',
    ]:
        page = watched.open(bare([vector]))
        fired += watched.fired(page)
        page.close()
    assert fired == 2
    assert "http://out.example/" in watched.calls


def test_remote_images_are_called_only_when_asked_for(browser: Browser) -> None:
    watched, mail = Watched(browser), '<img src="http://out.example/pixel.gif"><p>Hi</p>'
    watched.open(bare([shown(mail).html]))
    assert watched.calls == []
    watched.open(bare([shown(mail, with_remote_images=True).html]))
    assert watched.calls == ["http://out.example/pixel.gif"]
