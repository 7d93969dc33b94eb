"""What the edge serves: `/hooks/<channel>/<inbox key>`, `/ws/…` and `/healthz`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path

from channels_app.hooks import receive_hook, respond
from channels_app.registry import parts_of_channels
from conversations.consumers import AgentConsumer

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_sockets = CookieMiddleware(
    URLRouter(
        [
            path("ws/app/<uuid:workspace>/", AgentConsumer.as_asgi()),
            *(route for sockets in parts_of_channels("sockets") for route in sockets.routes),
        ]
    )
)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Route by kind of connection and path."""
    if scope["type"] == "websocket":
        await _socket(scope, receive, send)
    elif scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["path"].startswith("/hooks/"):
        await receive_hook(scope, receive, send)
    elif scope["path"] == "/healthz":
        await respond(send, 200, b"ok", content_type=b"text/plain")
    else:
        await respond(send, 404, b'{"message":"There is nothing at this address."}')


async def _socket(scope: Scope, receive: Receive, send: Send) -> None:
    try:
        await _sockets(scope, receive, send)
    except ValueError as error:
        if "No route found" not in str(error):
            raise
        await receive()
        await send({"type": "websocket.close", "code": 4404})


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
