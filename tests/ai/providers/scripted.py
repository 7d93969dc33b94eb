"""A server that speaks OpenAI's API as it is told to: answers, errors, delays, half sentences and lies. On loopback."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Reply = Callable[["Handler", dict[str, Any]], None]


@dataclass
class Scripted:
    """`replies` are given in order, then `default`. `requests` keeps what came: method, path, headers, body."""

    url: str
    default: Reply
    replies: list[Reply] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    models: list[str] = field(default_factory=lambda: ["small", "large"])

    @property
    def place(self) -> str:
        """`host:port`, as operators allow it."""
        return self.url.removeprefix("http://").removesuffix("/v1")

    @property
    def calls(self) -> list[dict[str, Any]]:
        """The bodies of the completions that were asked for."""
        return [one["body"] for one in self.requests if one["path"] == "/v1/chat/completions"]


class Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._note({})
        if self.server.scripted.replies:
            self.server.scripted.replies.pop(0)(self, {})
        else:
            self.send(200, {"object": "list", "data": [{"id": name, "object": "model"} for name in self.server.scripted.models]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self._note(body)
        scripted = self.server.scripted
        reply = scripted.replies.pop(0) if scripted.replies else scripted.default
        reply(self, body)

    def send(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin_stream(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: Any) -> None:
        self.wfile.write(f"data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class's name
        """Nothing: tests read `requests`."""

    def _note(self, body: dict[str, Any]) -> None:
        found = {
            "method": self.command,
            "path": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body,
        }
        self.server.scripted.requests.append(found)


class _Server(ThreadingHTTPServer):
    scripted: Scripted
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: callers hang up as they like."""


@contextmanager
def running() -> Iterator[Scripted]:
    """The server, until the block ends."""
    server = _Server(("127.0.0.1", 0), Handler)
    server.scripted = Scripted(f"http://127.0.0.1:{server.server_address[1]}/v1", says("Hello."))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.scripted
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(  # what a stream can be
    text: str,
    *,
    pieces: int = 4,
    before: float = 0.0,
    between: float = 0.0,
    finish: str | None = "stop",
    usage: tuple[int, int] | None = (100, 20),
    refusal: str = "",
) -> Reply:
    """A stream of the text in pieces, with pauses in seconds."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        time.sleep(before)
        handler.begin_stream()
        size = max(1, -(-len(text) // pieces))
        for start in range(0, len(text), size):
            handler.event(piece({"content": text[start : start + size]}))
            time.sleep(between)
        if refusal:
            handler.event(piece({"refusal": refusal}))
        if finish:
            handler.event(piece({}, finish))
        if usage and "stream_options" in body:
            counted = {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}
            handler.event({**piece({}), "choices": [], "usage": counted})
        handler.event("[DONE]")

    return reply


def answers(text: str, *, finish: str = "stop") -> Reply:
    """The whole answer in one piece of JSON, from a server that knows no streams."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return raw(json.dumps({"id": "1", "object": "chat.completion", "choices": [choice], "usage": usage}).encode())


def fails(status: int, message: str = "no", *, code: str = "", param: str = "", headers: dict[str, str] | None = None) -> Reply:
    """An error in OpenAI's form."""
    error = {"message": message, "type": "error", "code": code or None, "param": param or None}
    return lambda handler, _body: handler.send(status, {"error": error}, headers)


def raw(data: bytes, *, status: int = 200, kind: str = "application/json", headers: dict[str, str] | None = None) -> Reply:
    """These very bytes."""
    return lambda handler, _body: handler.send(status, data, {"content-type": kind, **(headers or {})})


def streams(*events: Any) -> Reply:
    """These very events, and the end of the connection."""

    def reply(handler: Handler, _body: dict[str, Any]) -> None:
        handler.begin_stream()
        for one in events:
            handler.event(one)

    return reply


def refuses_format(*kinds: str, then: Reply) -> Reply:
    """A server that knows none of these kinds of `response_format`."""

    def reply(handler: Handler, body: dict[str, Any]) -> None:
        if body.get("response_format", {}).get("type") in kinds:
            fails(400, "response_format is not supported", param="response_format")(handler, body)
        else:
            then(handler, body)

    return reply


def piece(delta: dict[str, str], finish: str | None = None) -> dict[str, Any]:
    """One event of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "small", "choices": [choice]}
