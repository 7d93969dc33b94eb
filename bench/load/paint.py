"""How long a page takes to show its largest part, in a Chromium that has nothing in its cache."""

import os
import shutil

from playwright.sync_api import Browser, sync_playwright

#: Chromium tells of each part that is larger than those before it; the last one counts.
_WATCH = """new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.largestPaint = entry.startTime;
}).observe({type: "largest-contentful-paint", buffered: true});"""
#: Milliseconds after the load event within which a larger part could still come.
_SETTLE = 400


def largest_paints(addresses: list[str], cookie: tuple[str, str], visits: int) -> list[list[float]]:
    """Milliseconds from asking for each address to its largest paint, for so many first visits after one that is not counted.

    `cookie` is the name and value of the session. Raises RuntimeError where a page painted nothing.
    """
    program = os.environ.get("CHATZEE_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            return [[_visit(browser, one, cookie) for _visit_number in range(visits + 1)][1:] for one in addresses]
        finally:
            browser.close()


def _visit(browser: Browser, address: str, cookie: tuple[str, str]) -> float:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        # By name and path: given by address, the cookie would be the page's alone and the socket would have none.
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "domain": "localhost", "path": "/"}])
        page = context.new_page()
        page.add_init_script(_WATCH)
        page.goto(address, wait_until="load")
        page.wait_for_timeout(_SETTLE)
        found = page.evaluate("window.largestPaint")
    finally:
        context.close()
    if not found:
        raise RuntimeError("The page painted nothing that Chromium counts.")
    return float(found)
