"""Says of a token whether it is good, and whose it is (RFC 7662, for Dovecot); gives new ones (RFC 6749, for the product)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class TokenServer:
    """`good` are the tokens that sign in, with the address that each is of; `renewed` what refresh tokens give."""

    def __init__(self) -> None:
        self.good: dict[str, str] = {}
        self.renewed: dict[str, str] = {}
        self.refused = 0
        self.host = ""

    @property
    def check_url(self) -> str:
        return f"http://{self.host}/introspect"

    @property
    def renew_url(self) -> str:
        return f"http://{self.host}/token"

    def answer(self, path: str, asked: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        """What a question is answered."""
        if path == "/introspect":
            token = asked.get("token", [""])[0]
            return 200, {"active": True, "username": self.good[token]} if token in self.good else {"active": False}
        token = asked.get("refresh_token", [""])[0]
        if token in self.renewed:
            return 200, {"access_token": self.renewed[token], "expires_in": 3600}
        self.refused += 1
        return 400, {"error": "invalid_grant"}


@contextmanager
def token_server() -> Iterator[TokenServer]:
    """Serve until the block ends."""
    found = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            status, said = found.answer(self.path, parse_qs(body))
            answer = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.host = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
