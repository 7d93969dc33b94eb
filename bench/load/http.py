"""Closed-loop HTTP load over raw asyncio protocols: each connection sends its next request when the answer is here."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

import uvloop

from chatzee.embedded.ports import HOST


@dataclass(slots=True)
class Outcome:
    """What came back: milliseconds of each answer, how many of each status, and the bodies' keys of those told 200."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    accepted: list[str] = field(default_factory=list)
    #: Connections that were left without an answer.
    silent: int = 0

    @property
    def per_second(self) -> float:
        return self.statuses[200] / self.seconds if self.seconds else 0.0


#: Seconds beyond the time of the load in which the last answers may come.
PATIENCE = 12.0

#: Gives the bytes of the next request and the key by which it is known.
type NextRequest = Callable[[], tuple[bytes, str]]


class _Connection(asyncio.Protocol):
    """One connection that asks again until the time is over. Answers must carry Content-Length."""

    def __init__(self, next_request: NextRequest, until: float, outcome: Outcome, over: asyncio.Future[None]) -> None:
        self._next, self._until, self._outcome, self._over = next_request, until, outcome, over
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        self._ask()

    def _ask(self) -> None:
        request, self._key = self._next()
        self._asked = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, found, rest = self._received.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
        if len(rest) < length:
            return
        self._received = rest[length:]
        status = int(head[9:12])
        self._outcome.statuses[status] += 1
        self._outcome.times.append((time.perf_counter() - self._asked) * 1000)
        if status == 200:
            self._outcome.accepted.append(self._key)
        if time.perf_counter() < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._over.done():
            self._over.set_result(None)


def run_load(port: int, next_request: NextRequest, *, connections: int, seconds: float) -> Outcome:
    """Load a server for so long with so many connections."""
    return uvloop.run(_load(port, next_request, connections, seconds))


async def _load(port: int, next_request: NextRequest, connections: int, seconds: float) -> Outcome:
    loop, outcome, start = asyncio.get_running_loop(), Outcome(), time.perf_counter()
    over = [loop.create_future() for _ in range(connections)]

    def protocol(future: asyncio.Future[None]) -> Callable[[], _Connection]:
        return lambda: _Connection(next_request, start + seconds, outcome, future)

    for future in over:
        await loop.create_connection(protocol(future), HOST, port)
    _done, silent = await asyncio.wait(over, timeout=seconds + PATIENCE)
    outcome.silent = len(silent)
    outcome.seconds = time.perf_counter() - start
    return outcome
