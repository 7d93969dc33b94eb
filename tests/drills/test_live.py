"""Sockets under drops, kills and slowness: in the end each has seen every event once and in order."""

import asyncio
import random
import socket as sockets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

import orjson
import pytest
import websockets
from django.db import connections

from accounts.models import Membership
from conversations.live import PERSONAL
from conversations.models import Conversation
from conversations.services.replies import send_reply
from core.events.models import Event
from core.live.subscriber import QUEUE_SIZE
from core.tenancy import scope
from dashboard.live import _SAY
from tests.drills import ledger
from tests.drills.chaos import Chaos
from tests.drills.traffic import AWAY, Agent, Background, PatientClient, Scene, Visitor

pytestmark = pytest.mark.drill

VISITORS = 20
EACH = 8


@dataclass
class Watcher:
    """A browser's socket: it drops at random, comes back with its last position and keeps what it was sent."""

    position: int = 0
    seen: list[int] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    drops: int = 0
    resets: int = 0

    def take(self, text: str | bytes) -> None:
        event = orjson.loads(text)
        if event["t"] == "reset":
            self.resets += 1
        if event["t"] in ("ready", "reset"):
            self.position = max(self.position, event["pos"])
        elif "pos" in event:
            self.seen.append(event["pos"])
            self.position = max(self.position, event["pos"])
            if event["t"] == "message" and event["message"]["from"] == "agent":
                self.answers[event["message"]["id"]] = event["message"]["text"]

    async def watch(self, connect: Callable[[int], websockets.connect], hello: Callable[[int], str | None], seed: int) -> None:
        """Stay connected, with a drop every second or so, until cancelled."""
        source = random.Random(seed)  # noqa: S311  # a drill that can be repeated
        while True:
            try:
                async with connect(self.position) as socket:
                    if said := hello(self.position):
                        await socket.send(said)
                    async with asyncio.timeout(source.uniform(0.2, 2.5)):
                        while True:
                            self.take(await socket.recv())
            except AWAY:
                self.drops += 1
                await asyncio.sleep(source.uniform(0, 0.4))


def agent_socket(scene: Scene, position: int, **changes: object) -> websockets.connect:
    """A socket as the dashboard opens it."""
    cookies = "; ".join(f"{name}={value}" for name, value in scene.session.items())
    address = f"{scene.stack.edge_socket_url}/ws/app/{scene.workspace.pk}/?pos={position}"
    options = {"origin": scene.stack.web_url, "additional_headers": {"Cookie": cookies}, "close_timeout": 0.2} | changes
    return websockets.connect(address, **options)  # type: ignore[arg-type]  # plain options


async def in_thread[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run database code in a thread that lets go of its connections."""

    def run() -> R:
        try:
            return function(*args, **kwargs)
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


def expected_positions(scene: Scene) -> list[int]:
    """The positions that the agents' browsers are told of."""
    with scope(scene.workspace.pk):
        events = Event.objects.filter(type__in=_SAY).order_by("position")
        mine = str(scene.agent.pk)
        return [event.position or 0 for event in events if event.type not in PERSONAL or event.data.get("user") == mine]


def test_watching_sockets_see_every_event_once_and_in_order(make_scene: Callable[[int], Scene]) -> None:
    scene = make_scene(5)
    visitors = [Visitor(number, scene, by_socket=False) for number in range(VISITORS)]
    agent_side, visitor_side = Watcher(), Watcher()
    agent = Agent(scene)
    is_over = asyncio.Event()

    async def run() -> None:
        async with PatientClient() as client:
            await visitors[0].write(1, 0, client)
            watching = [
                asyncio.create_task(agent_side.watch(lambda position: agent_socket(scene, position), lambda _position: None, 1)),
                asyncio.create_task(
                    visitor_side.watch(
                        lambda _position: visitors[0].socket(),
                        lambda position: orjson.dumps({"t": "hello", "pos": position}).decode(),
                        2,
                    )
                ),
            ]
            await asyncio.gather(*(visitor.write(EACH, 0.5, client) for visitor in visitors))
            await in_thread(ledger.until, lambda: bool(ledger.numbers_by_visitor(scene.workspace.pk)), 60)
            found = await in_thread(ledger.numbers_by_visitor, scene.workspace.pk)
            await agent.answer([found[visitors[0].identity.value]], EACH, client)
            is_over.set()
            await asyncio.sleep(25)
            for one in watching:
                one.cancel()

    traffic = Background(run())
    chaos = Chaos(scene.stack, 5, ("flush", "valkey"))
    chaos.rage(lambda: is_over.is_set() or traffic.is_done(), at_least=5)
    traffic.result()
    ledger.wait_until_settled(scene.workspace.pk, 30)
    expected = expected_positions(scene)
    figures = f"{len(expected)} events, {agent_side.drops} and {visitor_side.drops} drops, kills: {chaos.said()}"
    print(f"\n{figures}")  # noqa: T201
    assert agent_side.resets == visitor_side.resets == 0
    assert agent_side.seen == expected
    assert visitor_side.seen == sorted(set(visitor_side.seen))
    [number] = agent.said
    assert list(visitor_side.answers.values()) == agent.said[number]


async def closing_code(scene: Scene, **changes: object) -> int | None:
    """The code with which a socket is closed within two seconds; None when it stays open."""
    try:
        async with agent_socket(scene, -1, **changes) as socket, asyncio.timeout(2):
            while True:
                await socket.recv()
    except websockets.ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006
    except websockets.InvalidStatus as refused:
        return refused.response.status_code
    except TimeoutError:
        return None


@pytest.mark.parametrize(
    "changes",
    [
        {"origin": None},
        {"origin": "null"},
        {"origin": "https://evil.example"},
        {"origin": "{url}.evil.example"},
        {"origin": "{url}@evil.example"},
        {"origin": "{url}0"},
        {"additional_headers": {}},
        {"additional_headers": {"Cookie": "session=forged"}},
    ],
    ids=str,
)
def test_socket_from_elsewhere_or_of_nobody_is_refused(make_scene: Callable[[int], Scene], changes: dict[str, object]) -> None:
    scene = make_scene(6)
    filled = {name: value.format(url=scene.stack.web_url) if isinstance(value, str) else value for name, value in changes.items()}
    assert asyncio.run(closing_code(scene)) is None
    assert asyncio.run(closing_code(scene, **filled)) in (403, 4401, 4403)


def test_socket_of_another_workspace_is_refused(make_scene: Callable[[int], Scene]) -> None:
    mine, other = make_scene(7), make_scene(8)
    mine.workspace = other.workspace
    assert asyncio.run(closing_code(mine)) == 4401


@pytest.mark.parametrize("cause", ["session", "member"])
def test_socket_is_closed_within_two_seconds_of_its_rights_end(make_scene: Callable[[int], Scene], cause: str) -> None:
    from django.contrib.sessions.models import Session

    scene = make_scene(9)

    def revoke() -> None:
        if cause == "session":
            Session.objects.filter(session_key=scene.session["session"]).delete()
        else:
            with scope(scene.workspace.pk):
                Membership.objects.filter(user=scene.agent).update(is_active=False)

    async def run() -> tuple[int, float]:
        async with agent_socket(scene, -1) as socket:
            await socket.recv()
            await asyncio.sleep(0.3)
            await in_thread(revoke)
            begin = time.monotonic()
            try:
                while True:
                    await socket.recv()
            except websockets.ConnectionClosed as closed:
                return closed.rcvd.code if closed.rcvd else 1006, time.monotonic() - begin

    code, seconds = asyncio.run(run())
    print(f"\nclosed {seconds:.1f} s after its {cause} ended")  # noqa: T201
    assert code == 4401
    assert seconds <= 2.5


def test_visitors_socket_is_closed_when_its_website_is_removed(make_scene: Callable[[int], Scene]) -> None:
    scene = make_scene(10)
    visitor = Visitor(1, scene, by_socket=True)

    def switch_off() -> None:
        with scope(scene.workspace.pk):
            scene.inbox.is_enabled = False
            scene.inbox.save(update_fields=["is_enabled"])

    async def run() -> int:
        async with visitor.socket() as socket:
            await socket.send('{"t":"hello","pos":0}')
            await socket.recv()
            await in_thread(switch_off)
            async with asyncio.timeout(3):
                try:
                    while True:
                        await socket.recv()
                except websockets.ConnectionClosed as closed:
                    return closed.rcvd.code if closed.rcvd else 1006

    assert asyncio.run(run()) == 4401


def test_slow_socket_is_let_go_and_resumes_without_loss(make_scene: Callable[[int], Scene]) -> None:
    scene = make_scene(11)
    visitor = Visitor(1, scene, by_socket=False)

    async def first() -> None:
        async with PatientClient() as client:
            await visitor.write(1, 0, client)

    asyncio.run(first())
    ledger.wait_until_settled(scene.workspace.pk, 20)

    def burst() -> None:
        for number in range(QUEUE_SIZE // 2):
            with scope(scene.workspace.pk):
                send_reply(
                    Conversation.objects.get(), body=f"{number} " + "x" * 4000, author=scene.agent, idempotency_key=uuid4()
                )

    watcher = Watcher()

    asyncio.run(_read_slowly(scene, watcher, burst))
    deadline = time.monotonic() + 25
    while watcher.seen != expected_positions(scene) and time.monotonic() < deadline:
        asyncio.run(_read_for(scene, watcher, 2))
    assert watcher.resets == 0
    assert watcher.seen == expected_positions(scene)


async def _read_slowly(scene: Scene, watcher: Watcher, burst: Callable[[], None]) -> None:
    """Take one event, sleep through a burst, then take what still comes until the socket is closed."""
    narrow = sockets.socket(sockets.AF_INET)
    narrow.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", int(scene.stack.edge_url.rpartition(":")[2])))
    with suppress(*AWAY):
        async with agent_socket(scene, 0, sock=narrow, max_queue=1) as socket:
            watcher.take(await socket.recv())
            await in_thread(burst)
            await asyncio.sleep(14)
            while True:
                watcher.take(await asyncio.wait_for(socket.recv(), 5))


async def _read_for(scene: Scene, watcher: Watcher, seconds: float) -> None:
    with suppress(*AWAY):
        async with agent_socket(scene, watcher.position) as socket, asyncio.timeout(seconds):
            while True:
                watcher.take(await socket.recv())
