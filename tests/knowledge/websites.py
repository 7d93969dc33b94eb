"""A website on this machine, to be read."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from core.http import SafeClient
from knowledge import fetching

PAGE = "<html lang='en'><head><title>{0}</title></head><body><nav>Menu</nav><main><h1>{0}</h1><p>{1}</p></main></body></html>"


@dataclass
class Web:
    """A website on this machine: what stands at each path, and what was asked."""

    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    origin: str = ""

    def put(self, path: str, text: str, kind: str = "text/html", status: int = 200) -> None:
        self.pages[path] = (status, kind, text)

    def list(self, *paths: str) -> None:
        """Name pages in the sitemap."""
        listed = "".join(f"<url><loc>{self.origin}{path}</loc></url>" for path in paths)
        self.put("/sitemap.xml", f"<?xml version='1.0'?><urlset>{listed}</urlset>", "text/xml")

    def client(self) -> SafeClient:
        host = self.origin.removeprefix("http://")
        return SafeClient(private=frozenset({host}))


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(fetching, "PAUSE", 0.0)
    site = Web()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            status, kind, text = site.pages.get(self.path, (404, "text/html", ""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.origin = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()
