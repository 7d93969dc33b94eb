"""Live updates: fan-out to many sockets against a raw broadcaster, a webhook until it is on the agents' screens, bursts."""

import asyncio
import http.client
import time
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from uuid import uuid4

import uvloop
from asgiref.sync import sync_to_async

from bench.benches.intake import hook_requests
from bench.data.cast import ORIGIN
from bench.figures import Figure, middle, percentile
from bench.load.sockets import Client, Crowd, connect, greeted, received
from bench.stage import Stage
from chatzee.embedded.ports import HOST
from conversations.models import Conversation, Inbox
from core.events import publish
from core.events.relay import relay
from core.tenancy import scope

SOCKETS = 500
ROUNDS = 5
BURST = 20
PACED = 160
PER_SECOND = 20
MANY = 2000
FEW_SOCKETS = 20


def run(stage: Stage) -> Iterator[Figure]:
    path = f"/ws/app/{stage.workspace}/"
    assert stage.session_key  # made here: on the event loop nothing may ask the database
    with stage.product("edge", "worker"), stage.limit("asgi", "broadcast_asgi") as (_process, port):
        product, limit = uvloop.run(_fan_out(stage, path, port))
        arrivals = uvloop.run(_end_to_end(stage, path))
        missing, resets, resumed = uvloop.run(_burst(stage, path))
    ratios = [one[0] / other[0] for one, other in zip(product, limit, strict=True)]
    beside = f"{middle([one[0] for one in product]):,.0f}/s, limit {middle([one[0] for one in limit]):,.0f}/s, {SOCKETS} sockets"
    yield Figure("live.fan-out", middle(ratios), 0.6, "×", at_most=False, ambition=0.85, beside=beside)
    ratios = [one[1] / other[1] for one, other in zip(product, limit, strict=True)]
    beside = f"{middle([one[1] for one in product]):.0f} ms, limit {middle([one[1] for one in limit]):.0f} ms for {BURST} events"
    yield Figure("live.p99", middle(ratios), 3, "×", ambition=1.5, beside=beside)
    beside = (
        f"median {percentile(arrivals, 0.5):.0f} ms, {len(arrivals)} of {PACED} at {PER_SECOND}/s, {FEW_SOCKETS} sockets open"
    )
    yield Figure("live.end-to-end", percentile(arrivals, 0.99), 500, " ms", ambition=150, beside=beside)
    yield Figure("live.lost", PACED - len(arrivals), 0, is_steady=True, beside="messages that never came to a screen")
    beside = f"{MANY} events to {FEW_SOCKETS} sockets; {resumed} resumed, {resets} told to load the page afresh"
    yield Figure("live.burst.missing", missing, 0, is_steady=True, beside=beside)


type Measured = tuple[float, float]


async def _fan_out(stage: Stage, path: str, port: int) -> tuple[list[Measured], list[Measured]]:
    """Deliveries a second and the 99th percentile of their times, for the product and the broadcaster in turn."""
    ours, theirs = Crowd(b'"t":"conversation.changed"'), Crowd(b'"t":"conversation.changed"')
    ours_open = await connect(SOCKETS, path, stage.ground.edge_port, stage.cookies, ours)
    await greeted(ours, SOCKETS)
    theirs_open = await connect(SOCKETS, "/", port, "", theirs)
    conversation = await sync_to_async(_conversation, thread_sensitive=False)(stage)
    product: list[Measured] = []
    limit: list[Measured] = []
    for _round in range(ROUNDS + 1):
        product.append(await _timed(ours, partial(_publish, stage, conversation, BURST)))
        text = ours.arrived[-1][1]
        limit.append(await _timed(theirs, partial(_post, port, text, BURST)))
    _close(ours_open + theirs_open)
    return product[1:], limit[1:]


async def _timed(crowd: Crowd, start_events: Callable[[], Awaitable[None]]) -> Measured:
    crowd.arrived.clear()
    start = time.perf_counter()
    sending = asyncio.ensure_future(start_events())
    if not await received(crowd, BURST * SOCKETS, within=60):
        raise RuntimeError(f"Only {len(crowd.arrived)} of {BURST * SOCKETS} deliveries came.")
    await sending
    times = [(at - start) * 1000 for at, _text in crowd.arrived]
    return BURST * SOCKETS / (max(times) / 1000), percentile(times, 0.99)


async def _publish(stage: Stage, conversation: Conversation, count: int) -> None:
    def write() -> None:
        with scope(stage.workspace):
            for _number in range(count):
                publish(
                    "conversation.changed", inbox_id=conversation.inbox_id, conversation_id=conversation.pk,
                    contact_id=conversation.contact_id, fields=["priority"],
                )  # fmt: skip
        relay(stage.workspace)

    await sync_to_async(write, thread_sensitive=False)()


async def _post(port: int, text: bytes, count: int) -> None:
    def write() -> None:
        connection = http.client.HTTPConnection(HOST, port, timeout=30)
        for _number in range(count):
            connection.request("POST", "/", text)
            connection.getresponse().read()

    await asyncio.to_thread(write)


async def _end_to_end(stage: Stage, path: str) -> list[float]:
    """Milliseconds from sending a webhook to the arrival of its message at the last of the sockets that show it."""
    inbox = await sync_to_async(_inbox, thread_sensitive=False)(stage)
    needle = uuid4().hex
    crowd = Crowd(b'"t":"message.created"')  # the list's row in another event may show the same words
    clients = await connect(FEW_SOCKETS, path, stage.ground.edge_port, stage.cookies, crowd)
    await greeted(crowd, FEW_SOCKETS)
    sent: dict[str, float] = {}
    reader, writer = await asyncio.open_connection(HOST, stage.ground.edge_port)
    for number in range(PACED):
        mark = f"{needle}x{number:04}"
        request, _key = hook_requests(inbox, stage.ground.edge_port, visitors=1 + number % 40, text=mark)()
        sent[mark] = time.perf_counter()
        writer.write(request)
        await reader.readuntil(b'{"stored":true}')
        await asyncio.sleep(max(0.0, 1 / PER_SECOND - (time.perf_counter() - sent[mark])))
    await received(crowd, PACED * FEW_SOCKETS, within=10)
    writer.close()
    _close(clients)
    last: dict[str, float] = {}
    for at, text in crowd.arrived:
        place = text.find(needle.encode(), text.find(b'"bubble"'))
        mark = text[place : place + len(needle) + 5].decode()
        last[mark] = max(at, last.get(mark, 0.0))
    return [(last[mark] - at) * 1000 for mark, at in sent.items() if mark in last]


async def _burst(stage: Stage, path: str) -> tuple[int, int, int]:
    """A burst of events; sockets that were closed for being slow come back from where they were. What is missing then."""
    crowd = Crowd(b'"t":"conversation.changed"')
    port = stage.ground.edge_port
    clients = await connect(FEW_SOCKETS, path, port, stage.cookies, crowd)
    await greeted(crowd, FEW_SOCKETS)
    conversation = await sync_to_async(_conversation, thread_sensitive=False)(stage)
    start = max(max(seen) for seen in crowd.positions.values())
    crowd.resets.clear()  # each socket is told so once, when it comes without a position
    await _publish(stage, conversation, MANY)
    resumed, deadline, wanted = 0, time.monotonic() + 30, set(range(start + 1, start + MANY + 1))
    while time.monotonic() < deadline:
        await asyncio.sleep(0.3)
        for number, client in enumerate(clients):
            if client.is_lost:
                resumed += 1
                at = max(crowd.positions.get(number, {start}))
                again = Client(number, f"{path}?pos={at}", port, stage.cookies, crowd)
                await asyncio.get_running_loop().create_connection(lambda again=again: again, HOST, port)  # type: ignore[misc]
                clients[number] = again
        if all(wanted <= crowd.positions[number] for number in range(FEW_SOCKETS) if number not in crowd.resets):
            break
    _close(clients)
    kept = [number for number in range(FEW_SOCKETS) if number not in crowd.resets]
    return sum(len(wanted - crowd.positions[number]) for number in kept), len(crowd.resets), resumed


def _close(clients: list[Client]) -> None:
    for client in clients:
        client.transport.abort()


def _conversation(stage: Stage) -> Conversation:
    with scope(stage.workspace):
        return Conversation.objects.order_by("-number")[7]


def _inbox(stage: Stage) -> Inbox:
    with scope(stage.workspace):
        inbox = Inbox(name="Bench live", channel="website", settings={"allowed_origins": [ORIGIN]})
        inbox.save(force_insert=True)
        return inbox
