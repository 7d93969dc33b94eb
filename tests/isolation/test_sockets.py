"""Every socket of the edge is listed. Strangers are tried on running servers: `tests/drills/test_live.py`."""

import asyncio
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.routing import URLRouter

from chatzee import edge_app

#: Each socket, and what shuts it to strangers.
SOCKETS = {
    "ws/app/<uuid:workspace>/": "the session of a member, on a page of our own",
    "ws/widget/<str:key>/": "a visitor's token of this very inbox and website",
}


def test_every_socket_is_listed() -> None:
    router: URLRouter = edge_app._sockets.inner
    found = {str(route.pattern) for route in router.routes}
    assert found == SOCKETS.keys(), "say here what shuts it to strangers, and try one in tests/drills/test_live.py"


def test_address_without_a_socket_is_closed() -> None:
    async def code() -> int:
        connection = {"type": "websocket", "path": "/ws/else/", "query_string": b"", "headers": [], "subprotocols": []}
        make: Any = ApplicationCommunicator  # the package has no types
        socket = make(edge_app.application, connection)
        await socket.send_input({"type": "websocket.connect"})
        said = await socket.receive_output(timeout=20)
        return int(said["code"])

    assert asyncio.run(code()) == 4404
