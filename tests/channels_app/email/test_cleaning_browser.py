"""Hostile mails in a real Chromium: nothing runs, nothing calls out, neither by the cleaner alone nor in the product's frame."""

import html
from collections.abc import Callable, Sequence
from itertools import batched
from typing import cast

import pytest
from django.conf import settings
from django.utils.csp import build_policy
from playwright.sync_api import Browser, Page, Route

from channels_app.shown_html import shown
from tests.channels_app.email.vectors import vectors

pytestmark = pytest.mark.browser

PAGE = "http://mail.example/"
#: The product's own policy.
POLICY: str = build_policy(cast("dict[str, list[str]]", settings.SECURE_CSP))
#: A dialog is a word on the console, which is heard from every frame and stops no page.
_FIRED = "a dialog was asked for"
_HEARD = f"for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => console.info('{_FIRED}');"
#: What Chromium says of a dialog in a frame whose script came before ours.
_IGNORED = "Ignored call to"
_SETTLE = 400


class Watched:
    """Pages without a network, and everything that they tried."""

    def __init__(self, browser: Browser) -> None:
        self._context = browser.new_context()
        self._context.add_init_script(_HEARD)
        self.calls: list[str] = []
        self.fired = 0

    def open(self, body: str, *, policy: str = "") -> Page:
        """Show a page; a page that leads itself away, or opens another, counts as fired."""
        page = self._context.new_page()
        page.on("popup", lambda _page: self._count())
        page.on("console", lambda message: self._count() if message.text.startswith((_FIRED, _IGNORED)) else None)
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
        self.fired += page.url != PAGE
        return page

    def sees(self, page: Page, is_so: Callable[[], bool]) -> bool:
        """Whether it comes so within half a minute: what a page does takes its time on a busy machine."""
        for _look in range(60):
            if is_so():
                return True
            page.wait_for_timeout(500)
        return False

    def _count(self) -> None:
        self.fired += 1


def bare(pieces: Sequence[str]) -> str:
    return "".join(f"<div>{piece}</div>" for piece in pieces)


def framed(pieces: Sequence[str], *, sandbox: str = "") -> str:
    """The pieces as a conversation shows mails: each in a sandboxed frame of its own."""
    return "".join(f'<iframe sandbox="{sandbox}" srcdoc="{html.escape(piece)}"></iframe>' for piece in pieces)


def cleaned() -> list[str]:
    results = [shown(vector) for vector in vectors()]
    return [result.html + result.quoted for result in results]


def test_cleaned_mail_is_harmless_even_without_a_frame(browser: Browser) -> None:
    watched = Watched(browser)
    for pieces in batched(cleaned(), 100, strict=False):
        page = watched.open(bare(pieces))
        links = page.evaluate("[...document.links].map((link) => link.protocol)")
        assert set(links) <= {"http:", "https:", "mailto:", "tel:"}
        page.close()
    assert (watched.fired, watched.calls) == (0, [])


def test_cleaned_mail_is_harmless_in_the_products_frame(browser: Browser) -> None:
    watched = Watched(browser)
    mails = [bare(some) for some in batched(cleaned(), 20, strict=False)]
    page = watched.open(framed(mails), policy=POLICY)
    assert len(page.frames) == len(mails) + 1
    assert (watched.fired, watched.calls) == (0, [])


def test_even_raw_mail_runs_nothing_in_the_products_frame(browser: Browser) -> None:
    watched = Watched(browser)
    for pieces in batched(vectors()[::5] + vectors()[-60:], 40, strict=False):
        watched.open(framed(pieces), policy=POLICY).close()
    assert watched.fired == 0


_HOSTILE = ["<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", '<p style="background:url(http://out.example)">x</p>']


@pytest.mark.parametrize("body", [bare(_HOSTILE), framed(_HOSTILE, sandbox="allow-scripts")], ids=["bare", "framed"])
def test_watch_sees_what_raw_mail_does(browser: Browser, body: str) -> None:
    watched = Watched(browser)
    page = watched.open(body)
    assert watched.sees(page, lambda: watched.fired >= 2 and "http://out.example/" in watched.calls)


def test_remote_images_are_called_only_when_asked_for(browser: Browser) -> None:
    watched, mail = Watched(browser), '<img src="http://out.example/pixel.gif"><p>Hi</p>'
    watched.open(bare([shown(mail).html]))
    assert watched.calls == []
    page = watched.open(bare([shown(mail, with_remote_images=True).html]))
    assert watched.sees(page, lambda: watched.calls == ["http://out.example/pixel.gif"])
