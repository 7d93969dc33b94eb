"""The visitor's socket: `/ws/widget/<inbox key>/`, speaking `chatzee.v1`."""

import asyncio
import time
from contextlib import suppress
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.db import DatabaseError

from accounts import presence
from channels_app.adapters.website.adapter import ADAPTER, visitor_of
from channels_app.adapters.website.live import VisitorSubscriber
from channels_app.adapters.website.tokens import Visitor
from channels_app.contract import InboxConfig, RefusedError
from channels_app.intake import NotStoredError, intake
from chatzee.env import env
from conversations.typing import Side, note
from core.live import pump, signals
from core.live.hub import hub
from core.live.threads import in_thread
from core.tenancy import scope

PROTOCOL = "chatzee.v1"
BAD_TOKEN, FORBIDDEN, TOO_MANY, TRY_LATER = 4401, 4403, 4429, 1013
#: Frames a visitor may send in a burst, and per second after it.
BURST, RATE = 40, 4.0
TYPING_EVERY = 2.0
#: What the database counts positions with.
MAX_POSITION = 2**63


class WidgetConsumer(AsyncWebsocketConsumer):
    """Lets a visitor in by the token in the subprotocols, takes their messages in, carries answers out."""

    subscriber: VisitorSubscriber | None = None
    pumping: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        refusal = await self._admit()
        if refusal:
            await self.accept(PROTOCOL if PROTOCOL in self.scope["subprotocols"] else None)
            await self.close(refusal)
            return
        self._allowance, self._counted_at, self._typed_at = float(BURST), time.monotonic(), 0.0
        await self.accept(PROTOCOL)

    async def _admit(self) -> int:
        """Check origin, inbox and token; 0, or the code to close with."""
        headers = dict(self.scope["headers"])
        if headers.get(b"origin", b"").decode("latin-1") != env.public_url.rstrip("/"):
            return FORBIDDEN
        protocols = self.scope["subprotocols"]
        if len(protocols) != 2 or protocols[0] != PROTOCOL:
            return BAD_TOKEN
        try:
            inbox = await intake.inbox("website", self.scope["url_route"]["kwargs"]["key"])
            if inbox is None:
                return FORBIDDEN
            self.inbox: InboxConfig = inbox
            self.visitor: Visitor = visitor_of(protocols[1], inbox)
        except NotStoredError:
            return TRY_LATER
        except RefusedError as error:
            return BAD_TOKEN if error.status == 401 else FORBIDDEN
        return 0

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if not self._may_send():
            await self.close(TOO_MANY)
            return
        try:
            body = (text_data or "").encode()
            told = orjson.loads(body)
            kind = str(told["t"])
        except (ValueError, KeyError, TypeError):
            await self._tell(t="error", code="malformed", message="This is not a message of the chat.")
            return
        if kind == "ping":
            await self._tell(t="pong")
        elif kind == "hello":
            await self._hello(told.get("pos"))
        elif kind == "typing":
            await self._typing(bool(told.get("on")))
        else:
            await self._take_in(kind, body, told.get("id"))

    def _may_send(self) -> bool:
        now = time.monotonic()
        self._allowance = min(BURST, self._allowance + (now - self._counted_at) * RATE)
        self._counted_at = now
        self._allowance -= 1
        return self._allowance >= 0

    async def _hello(self, position: object) -> None:
        """Join the hub from the visitor's last position; what was missed comes at once."""
        if self.subscriber is not None:
            return
        start = position if isinstance(position, int) and 0 <= position < MAX_POSITION else -1
        self.subscriber = VisitorSubscriber(self.inbox, self.visitor, contact_id=None, position=start)
        try:
            await in_thread(_recognise)(self.subscriber)
            await hub.join(self.subscriber)
            # Joined first: whoever comes or goes from here on is heard.
            is_staffed = await in_thread(presence.is_staffed)(self.inbox.workspace_id)
        except DatabaseError:
            await self.close(TRY_LATER)
            return
        ready = {"t": "ready", "pos": self.subscriber.position, "agents_online": is_staffed}
        # Through the queue: said beside it, the position could be ahead of events that are still queued.
        self.subscriber.put(orjson.dumps(ready).decode())
        self.pumping = pump.start(self.subscriber, self._carry_out, self.close)

    async def _carry_out(self, text: str) -> None:
        """Send an event on; a reply that went out to the visitor's open browser is delivered."""
        await self._send(text)
        event = orjson.loads(text)
        if event["t"] == "message" and event["message"]["from"] != "visitor" and event["message"]["status"] == "sent":
            told = {"t": "delivered", "seq": event["message"]["seq"]}
            with suppress(NotStoredError):
                await intake.store("website", self.inbox, [ADAPTER.envelope(self.visitor, told, self.inbox)])

    async def _take_in(self, kind: str, body: bytes, message_id: object) -> None:
        """Store what the visitor sent; `stored` is said only after its commit."""
        reference = {"id": str(message_id)} if message_id else {}
        try:
            envelope = ADAPTER.envelope(self.visitor, ADAPTER.checked(body), self.inbox)
            await intake.store("website", self.inbox, [envelope])
        except RefusedError as error:
            await self._tell(t="error", code=error.code, message=error.message, **reference)
        except NotStoredError:
            words = "We could not take this in. It will be sent again."
            await self._tell(t="error", code="try_later", message=words, **reference)
        else:
            if kind == "message":
                await self._tell(t="stored", **reference)

    async def _typing(self, is_on: bool) -> None:
        now = time.monotonic()
        if self.subscriber is None or not self.subscriber.identity_id or (is_on and now - self._typed_at < TYPING_EVERY):
            return
        self._typed_at = now
        await in_thread(_tell_agents)(self.subscriber, is_on)

    async def _tell(self, **facts: Any) -> None:
        await self._send(orjson.dumps(facts).decode())

    async def _send(self, text: str) -> None:
        await self.send(text_data=text)

    async def disconnect(self, code: int) -> None:
        if self.pumping is not None:
            self.pumping.cancel()
        if self.subscriber is not None:
            hub.part(self.subscriber)


def _recognise(subscriber: VisitorSubscriber) -> None:
    with scope(subscriber.workspace_id):
        subscriber.know_contact()


def _tell_agents(subscriber: VisitorSubscriber, is_on: bool) -> None:
    from channels_app.adapters.website.history import conversation_of, identity_of

    with scope(subscriber.workspace_id):
        conversation = conversation_of(identity_of(subscriber.inbox, subscriber.visitor))
    if conversation is not None:
        note(conversation.pk, Side.CONTACT, is_on=is_on)
        signals.send_signal(
            subscriber.workspace_id,
            "typing",
            conversation=str(conversation.pk),
            inbox=str(conversation.inbox_id),
            contact=str(conversation.contact_id),
            on=is_on,
        )
