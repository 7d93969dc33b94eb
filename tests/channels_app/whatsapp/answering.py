"""An inbox's address as the platform finds it: it answers challenges by the adapter, and keeps what is posted."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from channels_app.adapters.whatsapp.adapter import ADAPTER
from channels_app.contract import Adapter, InboxConfig, RefusedError
from tests.channels_app.contract import request_of


@dataclass
class Asked:
    """What came: the verify tokens of challenges, the bodies of webhooks."""

    url: str
    tokens: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def answering(inbox: InboxConfig, adapter: Adapter = ADAPTER) -> Iterator[Asked]:
    """The address of an inbox on a free port, until the block ends."""
    asked = Asked("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: in two, the second waits 40 ms for the first's acknowledgement

        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            asked.tokens += [one for one in parse_qs(query).get("hub.verify_token", []) if one not in asked.tokens]
            try:
                self._answer(200, adapter.greet(request_of(b"", {}, method="GET", query=query), inbox))
            except RefusedError as error:
                self._answer(error.status, b"")

        def do_POST(self) -> None:
            asked.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self._answer(200, b"")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its parent's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    asked.url = f"http://127.0.0.1:{server.server_port}/hooks/{adapter.slug}/{inbox.key}"
    try:
        yield asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
