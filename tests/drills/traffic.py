"""Visitors who write, by HTTP and by socket, and agents who answer: each sends again until it was taken."""

import asyncio
import random
import threading
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
import websockets
from django.test import Client

from accounts.models import User, Workspace
from channels_app.adapters.website import tokens
from conversations.models import Inbox
from tests.harness.stack import Stack

DUPLICATES = 0.1
#: Requests that are under way at a time.
CONNECTIONS = 64
#: What a client that cannot reach a server or is cut off sees.
AWAY = (OSError, httpx.HTTPError, websockets.WebSocketException, TimeoutError, asyncio.IncompleteReadError)


@dataclass
class Scene:
    """Where the traffic goes: a running product, one workspace, its inbox, its agent."""

    stack: Stack
    workspace: Workspace
    inbox: Inbox
    agent: User
    seed: int = 1
    session: dict[str, str] = field(default_factory=dict)

    def sign_in(self) -> None:
        """Give the agent a session in the database; its cookies stay in `session`."""
        client = Client()
        client.force_login(self.agent)
        self.session = {name: cookie.value for name, cookie in client.cookies.items()} | {"csrf": "c" * 32}


@dataclass
class Visitor:
    """A visitor and what they have said; `answers` are the agent's words as their socket showed them."""

    number: int
    scene: Scene
    by_socket: bool
    said: list[str] = field(default_factory=list)
    slowest: float = 0.0

    def __post_init__(self) -> None:
        self.identity = tokens.new_visitor(self.scene.stack.web_url)
        self.token = tokens.make_token(self.scene.inbox.key, self.identity)
        self.source = random.Random(f"{self.scene.seed}-{self.number}")  # noqa: S311  # a drill that can be repeated

    async def write(self, count: int, pause: float, client: httpx.AsyncClient) -> None:
        """Send so many messages in order, one tenth of them twice, each until it was taken."""
        for number in range(count):
            text = f"visitor {self.number} says {number}"
            body = {"t": "message", "id": str(uuid4()), "text": text}
            for _time in range(2 if self.source.random() < DUPLICATES else 1):
                begin = time.monotonic()
                await (self._by_socket(body) if self.by_socket else self._by_http(body, client))
                self.slowest = max(self.slowest, time.monotonic() - begin)
            self.said.append(text)
            await asyncio.sleep(self.source.uniform(0, 2 * pause))

    async def _by_http(self, body: dict[str, Any], client: httpx.AsyncClient) -> None:
        address = f"{self.scene.stack.edge_url}/hooks/website/{self.scene.inbox.key}"
        headers = {"authorization": f"Bearer {self.token}"}
        while True:
            try:
                answer = await client.post(address, json=body, headers=headers)
            except AWAY:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            if answer.status_code != 503:
                raise AssertionError(f"The edge answered {answer.status_code}: {answer.text}")
            await asyncio.sleep(0.1)

    async def _by_socket(self, body: dict[str, Any]) -> None:
        while True:
            try:
                async with asyncio.timeout(5), self.socket() as socket:
                    await socket.send(orjson.dumps(body).decode())
                    while orjson.loads(await socket.recv()) != {"t": "stored", "id": body["id"]}:
                        pass
                    return
            except AWAY:
                await asyncio.sleep(0.1)

    def socket(self) -> websockets.connect:
        """A socket as the widget's frame opens it."""
        address = f"{self.scene.stack.edge_socket_url}/ws/widget/{self.scene.inbox.key}/"
        return websockets.connect(
            address,
            subprotocols=[websockets.Subprotocol("chatzee.v1"), websockets.Subprotocol(self.token)],
            origin=websockets.Origin(self.scene.stack.web_url),
            close_timeout=0.2,
        )


@dataclass
class Agent:
    """Answers conversations over HTTP with a key per answer, each until it was taken."""

    scene: Scene
    said: dict[int, list[str]] = field(default_factory=dict)

    async def answer(self, numbers: list[int], rounds: int, client: httpx.AsyncClient) -> None:
        for turn in range(rounds):
            for number in numbers:
                text = f"answer {turn} in {number}"
                await self._send(number, text, uuid4(), client)
                self.said.setdefault(number, []).append(text)
            await asyncio.sleep(0.3)

    async def _send(self, number: int, text: str, key: UUID, client: httpx.AsyncClient) -> None:
        base = self.scene.stack.web_url
        address = f"{base}/w/{self.scene.workspace.pk}/conversations/{number}/messages/new/"
        body = {"mode": "reply", "body": text, "idempotency_key": str(key)}
        cookies = "; ".join(f"{name}={value}" for name, value in self.scene.session.items())
        headers = {"X-CSRFToken": self.scene.session["csrf"], "Origin": base, "Cookie": cookies}
        while True:
            try:
                answer = await client.post(address, data=body, headers=headers)
            except AWAY:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code == 200:
                return
            if answer.status_code < 500:
                raise AssertionError(f"The web answered {answer.status_code}: {answer.text[:300]}")
            await asyncio.sleep(0.1)


class Background:
    """Runs a coroutine in a thread of its own while the main thread kills."""

    def __init__(self, work: Coroutine[Any, Any, None]) -> None:
        self._work = work
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def is_done(self) -> bool:
        return not self._thread.is_alive()

    def result(self, limit: float = 60.0) -> None:
        """Wait for the end; raises what the work raised."""
        self._thread.join(limit)
        if self._thread.is_alive():
            raise AssertionError(f"The traffic was not taken within {limit:.0f} s after the last blow.")
        if self._error is not None:
            raise self._error

    def _run(self) -> None:
        try:
            asyncio.run(self._work)
        except BaseException as error:  # noqa: BLE001  # handed to the main thread
            self._error = error


class PatientClient(httpx.AsyncClient):
    """Sends only where a connection is free: who waits in the pool's own queue costs time with the square of their number,
    and a thousand who wait leave none for sending.

    It gives up soon and never reuses a connection for long: its servers die under it.
    """

    def __init__(self) -> None:
        limits = httpx.Limits(max_connections=CONNECTIONS, keepalive_expiry=2)
        super().__init__(timeout=5, trust_env=False, limits=limits)
        self._free = asyncio.Semaphore(CONNECTIONS)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        async with self._free:
            return await super().send(request, **options)
