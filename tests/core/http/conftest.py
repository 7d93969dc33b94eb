"""A server on the loopback that misbehaves on request, and a resolver that lies."""

import gzip
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

MIB = 1024 * 1024


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "Server"

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        getattr(self, "answer_" + url.path.strip("/").replace("-", "_"))(parse_qs(url.query))

    def do_POST(self) -> None:
        self.server.bodies.append(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        self.do_GET()

    do_HEAD = do_GET  # noqa: N815  # the name that http.server looks for

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def send(self, body: bytes, *, status: int = 200, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def answer_hello(self, query: dict[str, list[str]]) -> None:
        self.send(b"hello", Set_Cookie="session=secret; Path=/")

    def answer_error(self, query: dict[str, list[str]]) -> None:
        self.send(b"broken", status=500)

    def answer_redirect(self, query: dict[str, list[str]]) -> None:
        status = int(query.get("status", ["302"])[0])
        self.send(b"moved", status=status, Location=query["to"][0])

    def answer_loop(self, query: dict[str, list[str]]) -> None:
        self.send(b"", status=302, Location="/loop")

    def answer_big(self, query: dict[str, list[str]]) -> None:
        self.send(bytes(2 * MIB))

    def answer_unannounced(self, query: dict[str, list[str]]) -> None:
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        for _ in range(64):
            self.wfile.write(bytes(64 * 1024))

    def answer_bomb(self, query: dict[str, list[str]]) -> None:
        pack = zlib.compressobj(9, zlib.DEFLATED, 31)
        body = b"".join(pack.compress(bytes(MIB)) for _ in range(256)) + pack.flush()
        self.send(body, Content_Encoding="gzip")

    def answer_gzip(self, query: dict[str, list[str]]) -> None:
        self.send(gzip.compress("olá".encode() * 1000), Content_Encoding="gzip")

    def answer_brotli(self, query: dict[str, list[str]]) -> None:
        self.send(b"\x0b\x02\x80hello\x03", Content_Encoding="br")

    def answer_not_gzip(self, query: dict[str, list[str]]) -> None:
        self.send(b"plain", Content_Encoding="gzip")

    def answer_drip(self, query: dict[str, list[str]]) -> None:
        """A byte every 0.1 s: each read is in time, the whole is not."""
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self._drip(b"x" * 1000)

    def answer_drip_headers(self, query: dict[str, list[str]]) -> None:
        self._drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 1000)

    def answer_silent(self, query: dict[str, list[str]]) -> None:
        time.sleep(3)
        self.send(b"late")

    def answer_cut(self, query: dict[str, list[str]]) -> None:
        self.send(b"half", length=100)
        self.close_connection = True

    def _drip(self, data: bytes) -> None:
        self.close_connection = True
        try:
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.1)
        except OSError:
            return


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, str, dict[str, str]]] = []
        self.bodies: list[bytes] = []

    @property
    def port(self) -> int:
        return self.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield found
    found.shutdown()
    found.server_close()
