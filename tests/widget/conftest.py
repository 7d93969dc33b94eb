"""A plain web server for the widget's own files: its modules are tested in a real browser, without the rest of the product."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

STATIC = Path(__file__).parents[2] / "static"


class Handler(SimpleHTTPRequestHandler):
    """Serves static/, and one empty page."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".js": "text/javascript", ".json": "application/json"}

    def do_GET(self) -> None:
        if self.path != "/":
            super().do_GET()
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(b'<!doctype html><html lang="en"><title>x</title><body></body></html>')

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        pass


@pytest.fixture(scope="session")
def files_url() -> Iterator[str]:
    """Where static/ is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(STATIC)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(page: Page, files_url: str) -> Callable[..., Any]:
    """Run the body of an async function in the browser; ``load(path)`` in it imports a module of the frame."""
    page.goto(f"{files_url}/")

    def evaluate(body: str, argument: object = None) -> Any:
        return page.evaluate(f"async (given) => {{ const load = (path) => import('/widget/frame/' + path); {body} }}", argument)

    return evaluate
