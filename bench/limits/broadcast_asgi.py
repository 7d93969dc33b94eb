"""The limit of fan-out: a raw ASGI broadcaster. Sockets listen; what is posted goes to each of them as it is."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_sockets: set[Send] = set()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await _listen(receive, send)
    elif scope["type"] == "http":
        if scope["method"] == "POST":
            text = (await receive())["body"].decode()
            for socket in list(_sockets):
                await socket({"type": "websocket.send", "text": text})
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})


async def _listen(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.accept"})
    _sockets.add(send)
    try:
        while (await receive())["type"] != "websocket.disconnect":
            pass
    finally:
        _sockets.discard(send)
