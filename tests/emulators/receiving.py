"""A webhook's receiver that answers as a test wants, and remembers what came."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import orjson


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, headers and an object."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class Receiver:
    """What came: updates and headers in order of arrival. `answer` decides by the update."""

    url: str = ""
    answer: Callable[[dict[str, Any]], Answer] = lambda update: Answer()  # a field's default
    updates: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    @property
    def ids(self) -> list[int]:
        return [one["update_id"] for one in self.updates]

    def take(self, body: bytes, headers: dict[str, str]) -> Answer:
        update = orjson.loads(body) if body[:1] == b"{" else dict(parse_qsl(body.decode(), keep_blank_values=True))
        self.updates.append(update)
        self.headers.append(headers)
        self.bodies.append(body)
        return self.answer(update)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet: in two, the second waits 40 ms for the first's acknowledgement

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            answer = receiver.take(body, {name.lower(): value for name, value in self.headers.items()})
            said = orjson.dumps(answer.body)
            self.send_response(answer.status)
            for name, value in {"content-type": "application/json", "content-length": str(len(said)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)
            self.wfile.flush()

        def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  # its parent's name
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
