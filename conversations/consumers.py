"""The agents' socket: `/ws/app/<workspace>/`."""

import asyncio
import secrets
from typing import Any
from uuid import UUID

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_supported_language_variant

from accounts import presence
from accounts.models import Membership, User
from accounts.permissions import Permission
from chatzee.env import env
from conversations import outbound
from conversations.live import AgentSubscriber
from conversations.selectors.inboxes import sees_all_inboxes, visible_inbox_ids
from conversations.typing import Side, note
from core.live import pump, signals
from core.live.hub import hub
from core.live.threads import in_thread
from core.tenancy import scope

FORBIDDEN = 4403
UNAUTHENTICATED = 4401
MAX_FRAME = 4096


class AgentConsumer(AsyncWebsocketConsumer):
    """Signs the agent in by the session cookie, on pages of our own origin only, and carries live events."""

    subscriber: AgentSubscriber | None = None
    pumping: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        if not _is_own_origin(self.scope):
            await self.close(FORBIDDEN)
            return
        workspace_id: UUID = self.scope["url_route"]["kwargs"]["workspace"]
        self.browser = secrets.token_hex(8)
        session_key = self.scope["cookies"].get(_cookie_name(), "")
        await self.accept()
        try:
            self.subscriber = await in_thread(_subscriber)(workspace_id, session_key, _position(self.scope))
            if self.subscriber is None:
                await self.close(UNAUTHENTICATED)
                return
            await hub.join(self.subscriber)
        except DatabaseError:
            await self.close(pump.TRY_AGAIN_LATER)
            return
        # Through the queue: said beside it, the position could be ahead of events that are still queued.
        self.subscriber.put(orjson.dumps({"t": "ready", "pos": self.subscriber.position}).decode())
        self.pumping = pump.start(self.subscriber, self._send, self.close)
        await self._beat()

    async def _beat(self) -> None:
        assert self.subscriber is not None
        await in_thread(presence.beat)(self.subscriber.workspace_id, self.subscriber.user_id, self.browser)

    async def _send(self, text: str) -> None:
        await self.send(text_data=text)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.subscriber is None or text_data is None or len(text_data) > MAX_FRAME:
            return
        try:
            told: dict[str, Any] = orjson.loads(text_data)
            kind = told["t"]
        except (ValueError, KeyError, TypeError):
            return
        if kind == "ping":
            await self._send('{"t":"pong"}')
            await self._beat()
        elif kind in ("viewing", "typing"):
            await self._tell(kind, told)

    async def _tell(self, kind: str, told: dict[str, Any]) -> None:
        """Pass on that this agent views or types in a conversation that they may see."""
        assert self.subscriber is not None
        try:
            conversation_id = UUID(str(told["conversation"]))
        except (ValueError, KeyError):
            return
        await in_thread(_pass_on)(self.subscriber, kind, conversation_id, bool(told.get("on", True)), told.get("mode"))

    async def disconnect(self, code: int) -> None:
        if self.pumping is not None:
            self.pumping.cancel()
        if self.subscriber is not None:
            hub.part(self.subscriber)
            await in_thread(presence.leave)(self.subscriber.workspace_id, self.subscriber.user_id, self.browser)


def _pass_on(subscriber: AgentSubscriber, kind: str, conversation_id: UUID, is_on: bool, mode: object) -> None:
    from conversations.models import Conversation

    with scope(subscriber.workspace_id):
        found = Conversation.objects.filter(pk=conversation_id)
        row = found.values_list("inbox_id", "identity_id", "inbox__channel").first()
    if row is None or (subscriber.inboxes is not None and row[0] not in subscriber.inboxes):
        return
    facts = {"conversation": str(conversation_id), "inbox": str(row[0]), "identity": str(row[1]), "on": is_on}
    if kind == "typing":
        facts["is_public"] = mode != "note"
        if facts["is_public"]:
            note(conversation_id, Side.AGENT, is_on=is_on)
    signals.send_signal(subscriber.workspace_id, kind, user=str(subscriber.user_id), **facts)
    if facts.get("is_public") and is_on:
        outbound.tell_typing(subscriber.workspace_id, conversation_id, row[2])


def _subscriber(workspace_id: UUID, session_key: str, position: int) -> AgentSubscriber | None:
    user = _user_of(session_key)
    if user is None:
        return None
    with scope(workspace_id):
        members = Membership.objects.select_related("user", "workspace")
        membership = members.filter(user=user, is_active=True).first()
        if membership is None or not membership.can(Permission.CONVERSATIONS_VIEW):
            return None
        return AgentSubscriber(
            membership,
            inboxes=None if sees_all_inboxes(membership) else visible_inbox_ids(membership),
            session_key=session_key,
            language=_language(user.language or membership.workspace.language),
            position=position,
        )


def _user_of(session_key: str) -> User | None:
    """The user of a session, checked as Django checks it: the hash ends sessions when the password changes."""
    session = SessionStore(session_key).load() if session_key else {}
    user = User.objects.filter(pk=session[SESSION_KEY], is_active=True).first() if SESSION_KEY in session else None
    if user is None or not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


def _language(wanted: str) -> str:
    try:
        return get_supported_language_variant(wanted)
    except LookupError:
        return "en"


def _is_own_origin(connection: dict[str, Any]) -> bool:
    origin = dict(connection["headers"]).get(b"origin", b"").decode("latin-1")
    return str(origin) == env.public_url.rstrip("/")


def _position(connection: dict[str, Any]) -> int:
    """The last position that the browser has seen (`?pos=`); -1 asks for a fresh start."""
    for part in connection["query_string"].decode("latin-1").split("&"):
        name, _equals, value = part.partition("=")
        if name == "pos" and value.isdecimal() and len(value) < 19:
            return int(value)
    return -1


def _cookie_name() -> str:
    from django.conf import settings

    return settings.SESSION_COOKIE_NAME
