"""The emulator as an ASGI application: the platforms' addresses, the control API, a start page."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.control import Control, Provider
from channels_app.emulators.deliveries import Deliveries
from channels_app.emulators.graph.messaging.core import Core
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.instagram.provider import Instagram
from channels_app.emulators.mail.provider import Mail
from channels_app.emulators.messenger.provider import Messenger
from channels_app.emulators.playground.known import messaging_line, telegram_line, twilio_line, whatsapp_line
from channels_app.emulators.playground.lines import Line
from channels_app.emulators.playground.mail import MailLine
from channels_app.emulators.playground.site import ADDRESS, Playground, Product
from channels_app.emulators.runner import Runner, Timed
from channels_app.emulators.telegram.provider import Telegram
from channels_app.emulators.twilio.provider import Twilio
from channels_app.emulators.web import (
    BadRequestError,
    CutConnectionError,
    Receive,
    Request,
    Response,
    Scope,
    Send,
    cut,
    json_response,
    request_of,
    respond,
)
from channels_app.emulators.whatsapp.provider import WhatsApp

_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Emulator:
    """All platforms under one clock. `first` is where numbers begin, `keep` a file for what outlives a restart."""

    def __init__(
        self,
        *,
        seed: int = 1,
        first: int = 1,
        keep: Path | None = None,
        smtp_port: int = 0,
        pop_port: int = 0,
        imap_port: int = 0,
        tell_product: Callable[[], Product] = Product,
    ) -> None:
        self.clock = Clock()
        self.deliveries = Deliveries()
        own = seed + first - 1  # for ids that are drawn and not counted, so that a process started anew repeats none
        self.telegram = Telegram(self.clock, self.deliveries, seed=seed, first=first)
        self.mail = Mail(self.clock, seed=own, smtp_port=smtp_port, pop_port=pop_port, imap_port=imap_port)
        self.graph = Graph(self.clock, self.deliveries, seed=seed, first=first)
        self.whatsapp = WhatsApp(self.graph)
        places = {"name": "instagram", "prefix": "/instagram-graph", "dialog": "/instagram-facebook"}
        self.instagram_graph = Graph(self.clock, self.deliveries, seed=seed + 1, first=first, **places)
        self.messaging = Core(self.graph, self.instagram_graph)
        self.messenger, self.instagram = Messenger(self.messaging), Instagram(self.messaging)
        self.twilio = Twilio(self.clock, self.deliveries, seed=own)
        parts: list[Timed] = [self.telegram, self.graph, self.whatsapp, self.instagram_graph, self.messaging, self.twilio]
        self.runner = Runner(self.clock, parts)
        providers: dict[str, Provider] = {"telegram": self.telegram, "mail": self.mail, "graph": self.graph}
        providers |= {"whatsapp": self.whatsapp, "twilio": self.twilio}
        providers |= {"messenger": self.messenger, "instagram": self.instagram}
        self.control = Control(self.clock, self.runner, self.deliveries, providers)
        of_meta = [messaging_line("instagram", self.instagram), messaging_line("messenger", self.messenger)]
        lines: list[Line] = [
            whatsapp_line(self.whatsapp),
            *of_meta,
            telegram_line(self.telegram),
            twilio_line(self.twilio),
            MailLine(self.mail),
        ]
        self.playground = Playground(lines, tell_product)
        self._keep = keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            request = await request_of(scope, receive)
            response = await self._answer(request)
        except BadRequestError as error:
            response = json_response({"ok": False, "error_code": 400, "description": f"Bad Request: {error}"}, 400)
        except CutConnectionError:
            await cut(send)
            return
        await respond(send, response)

    async def _answer(self, request: Request) -> Response:
        # A page of another origin that had its name point here would come with that name.
        if request.headers.get("host", "").rpartition(":")[0] not in _LOCAL:
            raise BadRequestError("The emulator answers this machine only.")
        self.messaging.met_at(request)
        if request.path == "/healthz":
            return Response(200, b"ok", "text/plain")
        if request.path == "/":
            return Response(307, headers={"location": ADDRESS})
        if request.path.startswith("/_ctl/"):
            response = await self.control.handle(request)
        else:
            found = self.playground.handle(request) or self.mail.handle(request)
            found = found or self.whatsapp.handle(request) or self.twilio.handle(request)
            found = found or self.messaging.handle(request) or self.instagram.handle(request)
            found = found or await self.graph.handle(request) or await self.instagram_graph.handle(request)
            found = found or await self.telegram.handle(request)
            response = found or json_response({"ok": False, "error_code": 404, "description": "Not Found"}, 404)
        if request.method == "POST" or "etwebhook" in request.path.lower():
            self._save()
        return response

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._restore()
                self.runner.start()
                await self.mail.start()
            else:
                await self.runner.stop()
                await self.telegram.close()
                await self.graph.close()
                await self.instagram_graph.close()
                await self.twilio.close()
                await self.mail.close()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return

    def _save(self) -> None:
        """Write down what outlives a restart, if it changed."""
        if self._keep is None:
            return
        kept = json.dumps(self._kept())
        if not self._keep.exists() or self._keep.read_text() != kept:
            self._keep.touch(mode=0o600)
            self._keep.write_text(kept)

    def _kept(self) -> Mapping[str, Any]:
        kept = {"telegram": self.telegram.kept(), "graph": self.graph.kept(), "twilio": self.twilio.kept()}
        return {**kept, "instagram": self.instagram_graph.kept()}

    def _restore(self) -> None:
        if self._keep is not None and self._keep.exists():
            kept = json.loads(self._keep.read_text())
            self.telegram.restore(kept["telegram"])
            self.graph.restore(kept.get("graph", []))
            self.instagram_graph.restore(kept.get("instagram", []))
            self.twilio.restore(kept.get("twilio", []))
