"""Says of a token whether it is good, and whose it is (RFC 7662): Dovecot asks it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs


class TokenServer:
    """`good` are the tokens that sign in, with the address that each is of."""

    def __init__(self) -> None:
        self.good: dict[str, str] = {}
        self.asked: list[str] = []
        self.url = ""


@contextmanager
def token_server() -> Iterator[TokenServer]:
    """Serve until the block ends."""
    found = TokenServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
            token = parse_qs(body).get("token", [""])[0]
            found.asked.append(token)
            said = {"active": True, "username": found.good[token]} if token in found.good else {"active": False}
            answer = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}/introspect"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
