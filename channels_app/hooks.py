"""The webhook address of every channel, as raw ASGI: verify, store, answer."""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import orjson
import structlog

from channels_app import metrics
from channels_app.contract import (
    Adapter,
    ChannelError,
    Envelope,
    InboxConfig,
    ProofMissingError,
    RawRequest,
    RefusedError,
)
from channels_app.intake import NotStoredError, intake
from channels_app.registry import all_adapters
from chatzee.env import env
from core.live.threads import in_thread
from core.observability.clients import address_behind

log = structlog.get_logger(__name__)

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Headers = Sequence[tuple[bytes, bytes]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def receive_hook(scope: Scope, receive: Receive, send: Send) -> None:
    """`POST /hooks/<channel>/<inbox key>`: 200 once it is durable, 4xx for what is not authentic, 503 to come back.

    `/hooks/<channel>` is the address of all inboxes that a platform's one app speaks for; a GET asks who we are.
    """
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    shared = _SHARED if "origin" in headers else ()
    if scope["method"] == "OPTIONS":
        await respond(send, 204, b"", headers=shared)
        return
    try:
        answer = await _take_in(scope, headers, receive)
        content_type = b"text/plain" if scope["method"] == "GET" else b"application/json"
        await respond(send, 200, answer, content_type=content_type, headers=shared)
    except RefusedError as error:
        metrics.INTAKE.labels(_channel(scope), "refused").inc()
        asked = ((b"www-authenticate", error.challenge.encode()),) if error.challenge else ()
        await _problem(send, error.status, error.code, error.message, (*shared, *asked))
    except NotStoredError:
        await _problem(send, 503, "try_later", "This could not be stored. Send it again.", (*shared, (b"retry-after", b"2")))


async def _take_in(scope: Scope, headers: Mapping[str, str], receive: Receive) -> bytes:
    """Do what a request asks and return the answer's body. Raises RefusedError, NotStoredError."""
    parts = scope["path"].strip("/").split("/")
    adapter = all_adapters().get(parts[1]) if len(parts) in (2, 3) else None
    if adapter is None:
        raise RefusedError(404, "no_such_address", "There is no webhook at this address.")
    if scope["method"] != "POST" and not (scope["method"] == "GET" and _greets(adapter)):
        raise RefusedError(405, "wrong_method", "Send this as a POST.")
    inbox = await intake.inbox(adapter.slug, parts[2]) if len(parts) == 3 else None
    if len(parts) == 3 and inbox is None:
        raise RefusedError(404, "no_such_inbox", "There is no inbox at this address.")
    request = RawRequest(
        method=scope["method"],
        path=scope["path"],
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        body=await _body(receive, adapter.capabilities.max_body),
        client_ip=address_behind(scope["client"][0] if scope["client"] else "", headers.get("x-forwarded-for", "")) or "",
    )
    if request.method == "GET":
        return adapter.greet(request, inbox)
    await intake.store_each(adapter.slug, inbox, await _verified(adapter, request, inbox))
    return b'{"stored":true}'


def _greets(adapter: Adapter) -> bool:
    """Whether the channel's platform asks by GET who we are."""
    return type(adapter).greet is not Adapter.greet


async def _verified(adapter: Adapter, request: RawRequest, inbox: InboxConfig | None) -> Sequence[Envelope]:
    """What `verify` gives; where it lacks a public proof, that is fetched once, in a thread."""
    if inbox is None:
        return adapter.verify_shared(request)
    try:
        return adapter.verify(request, inbox)
    except ProofMissingError as missing:
        need = missing.need
    try:
        await in_thread(adapter.fetch_proof)(need)
        return adapter.verify(request, inbox)
    except (ChannelError, ProofMissingError) as error:
        log.warning("intake.proof_missing", channel=adapter.slug, error=type(error).__name__)
        raise NotStoredError from error


async def _body(receive: Receive, limit: int) -> bytes:
    """The raw bytes. Raises RefusedError for too many, or when the sender went away in the middle."""
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise RefusedError(400, "cut_off", "The request ended in the middle.")
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise RefusedError(413, "too_large", "This is larger than any webhook.")
        if not message.get("more_body"):
            return b"".join(parts)


def _channel(scope: Scope) -> str:
    parts = scope["path"].strip("/").split("/")
    return parts[1] if len(parts) in (2, 3) and parts[1] in all_adapters() else "unknown"


async def _problem(send: Send, status: int, code: str, message: str, headers: Headers) -> None:
    await respond(send, status, orjson.dumps({"code": code, "message": message}), headers=headers)


async def respond(
    send: Send, status: int, body: bytes, *, content_type: bytes = b"application/json", headers: Headers = ()
) -> None:
    """Answer a request."""
    start = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"cache-control", b"no-store"),
        *headers,
    ]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


#: Our own pages may call from another port: the widget's fallback comes from there. Platforms name no origin.
_SHARED: Headers = (
    (b"access-control-allow-origin", env.public_url.rstrip("/").encode()),
    (b"access-control-allow-headers", b"authorization, content-type"),
    (b"access-control-allow-methods", b"POST"),
    (b"vary", b"origin"),
)
