"""The webhook address of every channel, as raw ASGI: verify, store, answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import orjson
import structlog

from channels_app import metrics
from channels_app.contract import RawRequest, RefusedError
from channels_app.intake import NotStoredError, intake
from channels_app.registry import all_adapters
from chatzee.env import env
from core.observability.clients import address_behind

log = structlog.get_logger(__name__)

#: Meta's largest webhook is 3 MB; mails come by their own way.
MAX_BODY = 4 * 1024 * 1024

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def receive_hook(scope: Scope, receive: Receive, send: Send) -> None:
    """`POST /hooks/<channel>/<inbox key>`: 200 once it is durable, 4xx for what is not authentic, 503 to come back."""
    if scope["method"] == "OPTIONS":
        await respond(send, 204, b"")
        return
    try:
        answer = await _take_in(scope, receive)
        await respond(send, 200, answer)
    except RefusedError as error:
        metrics.INTAKE.labels(_channel(scope), "refused").inc()
        await _problem(send, error.status, error.code, error.message)
    except NotStoredError:
        headers = [(b"retry-after", b"2")]
        await _problem(send, 503, "try_later", "This could not be stored. Send it again.", headers)


async def _take_in(scope: Scope, receive: Receive) -> bytes:
    parts = scope["path"].strip("/").split("/")
    adapter = all_adapters().get(parts[1]) if len(parts) == 3 else None
    if adapter is None:
        raise RefusedError(404, "no_such_address", "There is no webhook at this address.")
    if scope["method"] != "POST":
        raise RefusedError(405, "wrong_method", "Send this as a POST.")
    inbox = await intake.inbox(adapter.slug, parts[2])
    if inbox is None:
        raise RefusedError(404, "no_such_inbox", "There is no inbox at this address.")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    request = RawRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _body(receive),
        client_ip=address_behind(scope["client"][0] if scope["client"] else "", headers.get("x-forwarded-for", "")) or "",
    )
    await intake.store(adapter.slug, inbox, adapter.verify(request, inbox))
    return b'{"stored":true}'


async def _body(receive: Receive) -> bytes:
    """The raw bytes. Raises RefusedError for too many, or when the sender went away in the middle."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "cut_off", "The request ended in the middle.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise RefusedError(413, "too_large", "This is larger than any webhook.")
        if not message.get("more_body"):
            return b"".join(parts)


def _channel(scope: Scope) -> str:
    parts = scope["path"].strip("/").split("/")
    return parts[1] if len(parts) == 3 and parts[1] in all_adapters() else "unknown"


async def _problem(send: Send, status: int, code: str, message: str, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await respond(send, status, orjson.dumps({"code": code, "message": message}), headers=headers)


async def respond(
    send: Send,
    status: int,
    body: bytes,
    *,
    content_type: bytes = b"application/json",
    headers: list[tuple[bytes, bytes]] | None = None,
) -> None:
    """Answer a request. Our own pages may read it from another port: the widget's fallback comes from there."""
    start = [*_headers(content_type, len(body)), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


def _headers(content_type: bytes, length: int) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", content_type),
        (b"content-length", str(length).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        (b"access-control-allow-origin", env.public_url.rstrip("/").encode()),
        (b"access-control-allow-headers", b"authorization, content-type"),
        (b"access-control-allow-methods", b"POST"),
        (b"vary", b"origin"),
    ]
