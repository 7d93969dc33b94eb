"""The loader on somebody else's page: what it shows, whom it believes, what it leaves alone."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Frame, Page, Route, expect

pytestmark = pytest.mark.browser

BOOT = {
    "ticket": "ticket-1", "color": "#0f766e", "text_color": "#ffffff", "name": "Shop", "position": "right", "lang": "pt",
    "open_label": "Abrir", "close_label": "Fechar", "consent": False,
}  # fmt: skip
#: A frame that repeats what it is told, and answers as the real one does.
FRAME = """<!doctype html><title>frame</title><script>
var told = [];
addEventListener("message", (event) => {
  told.push([event.origin, event.data]);
  if (event.data.chatzee === "init") parent.postMessage({ chatzee: "ready" }, event.origin);
});
</script>"""

type Embed = Callable[..., Page]


@pytest.fixture
def embed(page: Page, files_url: str) -> Embed:
    """A page on another origin than the chat's, with the loader on it; the chat answers with `status` and `boot`."""

    def load(*, status: int = 200, boot: dict[str, object] | None = None) -> Page:
        host = files_url.replace("127.0.0.1", "localhost")
        cors = {"Access-Control-Allow-Origin": host, "Access-Control-Allow-Headers": "Content-Type"}

        def answer(route: Route) -> None:
            body = json.dumps(BOOT if boot is None else boot)
            route.fulfill(status=status, headers=cors, content_type="application/json", body=body)

        page.route("**/widget/key-1/boot/", answer)
        page.route("**/widget/key-1/frame/**", lambda route: route.fulfill(content_type="text/html", body=FRAME))
        page.goto(f"{host}/")
        page.evaluate(
            """(src) => {
              const script = Object.assign(document.createElement("script"), { src });
              script.dataset.inbox = "key-1";
              document.head.append(script);
            }""",
            f"{files_url}/widget/loader.js",
        )
        page.wait_for_function("window.Chatzee")
        return page

    return load


def opened(page: Page) -> Frame:
    """Open the chat and wait until its frame was told who it is for. A frame in a shadow tree is not among `window.frames`."""
    with page.expect_event("frameattached"):
        page.evaluate("Chatzee.open()")
    page.wait_for_timeout(50)
    frame = page.frames[1]
    frame.wait_for_function("self.told?.length >= 1", timeout=5000)
    return frame


def shown(page: Page) -> int:
    return page.locator("chatzee-widget").count()


def test_frame_is_made_on_first_open_and_told_by_exact_origin(embed: Embed, files_url: str) -> None:
    page = embed()
    expect(page.locator("chatzee-widget")).to_have_count(1)
    assert len(page.frames) == 1
    frame = opened(page)
    origin, init = frame.evaluate("told[0]")
    assert (origin, init["ticket"], init["open"], init["lang"]) == (
        files_url.replace("127.0.0.1", "localhost"),
        "ticket-1",
        True,
        "pt",
    )
    assert frame.url == f"{files_url}/widget/key-1/frame/?lang=pt"


def test_opening_moves_nothing_on_the_page(embed: Embed) -> None:
    page = embed()
    expect(page.locator("chatzee-widget")).to_have_count(1)
    measure = """() => {
      const root = document.documentElement;
      return [root.scrollWidth, root.scrollHeight, document.body.getBoundingClientRect().width];
    }"""
    before = page.evaluate(measure)
    opened(page)
    assert page.evaluate(measure) == before


def test_only_its_own_frame_is_believed(embed: Embed) -> None:
    page = embed()
    page.evaluate("() => { window.counts = []; Chatzee.on('unread', (count) => counts.push(count)); }")
    frame = opened(page)
    page.evaluate("window.postMessage({ chatzee: 'unread', count: 9 }, '*')")
    frame.evaluate("parent.postMessage({ chatzee: 'unread', count: 2 }, '*')")
    page.wait_for_function("counts.length >= 1")
    assert page.evaluate("counts") == [2]


def test_unknown_words_of_the_frame_do_nothing(embed: Embed) -> None:
    page = embed()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.evaluate("() => { window.counts = []; Chatzee.on('unread', (count) => counts.push(count)); }")
    frame = opened(page)
    frame.evaluate(
        "['constructor', '__proto__', 'toString', null, 7].forEach((kind) => parent.postMessage({ chatzee: kind }, '*'))"
    )
    frame.evaluate("parent.postMessage({ chatzee: 'unread', count: 'many' }, '*')")
    page.wait_for_function("counts.length >= 1")
    assert (page.evaluate("counts"), errors) == ([0], [])


def test_refused_page_gets_one_warning_and_no_launcher(page: Page, embed: Embed) -> None:
    warnings: list[str] = []
    page.on("console", lambda message: warnings.append(message.text) if message.type == "warning" else None)
    embed(status=403, boot={"error": "origin", "message": "Add this website in the inbox's settings."})
    page.wait_for_timeout(1500)
    assert warnings == ["Chatzee: the chat is not shown. Add this website in the inbox's settings."]
    assert shown(page) == 0


def test_signing_out_and_in_reaches_the_frame(embed: Embed) -> None:
    page = embed()
    frame = opened(page)
    page.evaluate("() => { Chatzee.identify('jwt-1'); Chatzee.logout(); }")
    frame.wait_for_function("told.some(([, data]) => data.chatzee === 'logout')")
    said = frame.evaluate("told.map(([, data]) => [data.chatzee, data.identity ?? null]).filter(([kind]) => kind !== 'open')")
    assert said == [["init", None], ["identify", "jwt-1"], ["logout", None]]
