"""The design system's elements run on a plain page, without the product behind them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.widget.conftest import files_url

__all__ = ["files_url"]

HEAD = '<meta name="csrf-token" content="token-1"><link rel="stylesheet" href="/css/app.css">'


@pytest.fixture
def show(page: Page, files_url: str) -> Callable[[str], Page]:
    """A page with this body, the styles and the elements."""

    def render(body: str) -> Page:
        page.goto(f"{files_url}/")
        page.evaluate("([head, body]) => { document.head.innerHTML = head; document.body.innerHTML = body; }", [HEAD, body])
        page.evaluate("import('/js/app.js')")
        page.wait_for_selector("html.js")
        return page

    return render
