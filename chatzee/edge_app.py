"""What the edge serves: `/hooks/<channel>/<inbox key>`, `/ws/…` and `/healthz`."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from channels.routing import URLRouter
from channels.sessions import CookieMiddleware
from django.urls import path
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from channels_app.hooks import receive_hook, respond
from channels_app.registry import parts_of_channels
from conversations.consumers import AgentConsumer
from core.live.threads import in_thread
from core.observability.metrics import may_read
from dashboard.live import warm_up

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
    elif scope["path"] == "/metrics":
        await _metrics(scope, send)
    elif scope["path"] == "/healthz":
        await respond(send, 200, b"ok", content_type=b"text/plain")
    else:
        await respond(send, 404, b'{"message":"There is nothing at this address."}')


async def _metrics(scope: Scope, send: Send) -> None:
    """This process's own metrics, for the machine itself or a bearer of the token; for others there is no such page."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    peer = scope["client"][0] if scope["client"] else ""
    if may_read(peer, headers.get(b"x-forwarded-for"), headers.get(b"authorization", "")):
        await respond(send, 200, generate_latest(), content_type=CONTENT_TYPE_LATEST.encode())
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
        if message["type"] == "lifespan.startup":
            await in_thread(warm_up)()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
