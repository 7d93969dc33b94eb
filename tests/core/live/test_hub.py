"""The hub: no gap, no repetition, whatever overtakes what."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from core.events.models import Event
from core.live import hub as hub_module, pump, reading
from core.live.hub import Hub
from core.live.subscriber import QUEUE_SIZE, Subscriber

WORKSPACE = uuid4()


class Listener(Subscriber):
    """A socket that sees everything and keeps the positions it was sent."""

    @property
    def audience(self) -> str:
        return "all"

    def may_see(self, event: Event) -> bool:
        return True

    def hears(self, signal: dict[str, Any]) -> bool:
        return False

    def render(self, events: Sequence[Event]) -> dict[UUID, str]:
        return {event.pk: str(event.position) for event in events}

    def signal_text(self, signal: dict[str, Any]) -> str:
        return ""

    def sent(self) -> list[str]:
        return [self.queue.get_nowait() for _ in range(self.queue.qsize())]


class Log:
    """Stands in for the database: events up to `head`; reads after `slow_after` wait for `release`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, head: int) -> None:
        self.head = head
        self.slow_after: int | None = None
        self.release = asyncio.Event()
        calls: dict[Any, Any] = {reading.head_and_whether_resumable: self._head, reading.read_and_render: self._read}
        monkeypatch.setattr(hub_module, "in_thread", calls.__getitem__)

    async def _head(self, workspace_id: UUID, position: int) -> tuple[int, bool]:
        return self.head, position >= 0

    async def _read(
        self, workspace_id: UUID, after: int, audiences: dict[str, Subscriber]
    ) -> tuple[list[Event], dict[str, dict[UUID, str]]]:
        await asyncio.sleep(0)  # as a thread would: the event loop goes on meanwhile
        if after == self.slow_after:
            await self.release.wait()
        last = min(self.head, after + reading.CHUNK)
        events = [Event(workspace_id=WORKSPACE, position=position) for position in range(after + 1, last + 1)]
        return events, {audience: one.render(events) for audience, one in audiences.items()}


@pytest.fixture
def silent_hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A hub that neither listens nor polls."""
    monkeypatch.setattr(Hub, "start", lambda self: None)
    return Hub()


def numbers(first: int, last: int) -> list[str]:
    return [str(number) for number in range(first, last + 1)]


def test_events_that_overtake_a_replay_leave_no_gap(silent_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[str]:
        log = Log(monkeypatch, head=100)
        log.slow_after = 50
        await silent_hub.join(Listener(WORKSPACE, 100))
        late = Listener(WORKSPACE, 50)
        await silent_hub.join(late)
        await asyncio.sleep(0)
        log.head = 105
        silent_hub.announced(WORKSPACE, 105)
        await asyncio.sleep(0.01)
        assert late.sent() == []
        log.release.set()
        await silent_hub._carrying[WORKSPACE]
        return late.sent()

    assert asyncio.run(run()) == numbers(51, 105)


def test_long_replay_waits_for_its_socket_instead_of_overrunning_it(silent_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> list[str]:
        log = Log(monkeypatch, head=QUEUE_SIZE * 2)
        assert log.head <= reading.MAX_REPLAY
        seen: list[str] = []
        socket = Listener(WORKSPACE, 0)

        async def send(text: str) -> None:
            seen.append(text)

        async def close(code: int) -> None:
            seen.append(f"closed {code}")

        pumping = pump.start(socket, send, close)
        await silent_hub.join(socket)
        await silent_hub._carrying[WORKSPACE]
        await asyncio.sleep(0.01)
        pumping.cancel()
        return seen

    assert asyncio.run(run()) == numbers(1, QUEUE_SIZE * 2)


def test_slow_socket_gets_what_was_queued_without_a_gap_and_is_closed() -> None:
    async def run() -> list[str]:
        seen: list[str] = []
        socket = Listener(WORKSPACE, 0)
        for number in range(QUEUE_SIZE + 10):
            socket.put(str(number))

        async def send(text: str) -> None:
            seen.append(text)
            socket.put("too late")

        async def close(code: int) -> None:
            seen.append(f"closed {code}")

        await pump.pump(socket, send, close)
        return seen

    assert asyncio.run(run()) == [*numbers(0, QUEUE_SIZE - 1), f"closed {pump.TRY_AGAIN_LATER}"]


def test_revoked_socket_is_closed_even_while_a_send_waits_for_its_browser() -> None:
    async def run() -> list[str]:
        seen: list[str] = []
        socket = Listener(WORKSPACE, 0)
        socket.put("stuck")
        socket.put("never sent")

        async def send(text: str) -> None:
            seen.append(text)
            socket.revoke()
            await asyncio.Event().wait()

        async def close(code: int) -> None:
            seen.append(f"closed {code}")

        await asyncio.wait_for(pump.pump(socket, send, close), 1)
        return seen

    assert asyncio.run(run()) == ["stuck", f"closed {pump.REVOKED}"]


def test_socket_that_never_reads_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pump, "SEND_SECONDS", 0.01)

    async def run() -> list[int]:
        codes: list[int] = []
        socket = Listener(WORKSPACE, 0)
        socket.put("stuck")

        async def send(text: str) -> None:
            await asyncio.Event().wait()

        async def close(code: int) -> None:
            codes.append(code)

        await asyncio.wait_for(pump.pump(socket, send, close), 1)
        return codes

    assert asyncio.run(run()) == [pump.TRY_AGAIN_LATER]
