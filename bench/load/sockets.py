"""Many WebSocket clients in one process, on raw asyncio protocols: each counts what arrives, and when."""

import asyncio
import base64
import os
import re
import time
from dataclasses import dataclass, field
from typing import cast

from chatzee.embedded.ports import HOST

_POSITION = re.compile(rb'"pos":(\d+)')


@dataclass(slots=True)
class Crowd:
    """What all sockets together have received: texts with a needle in them, by time of arrival."""

    needle: bytes
    arrived: list[tuple[float, bytes]] = field(default_factory=list)
    ready: int = 0
    closed: int = 0
    #: The positions seen by each socket, and which sockets were told to load the page afresh.
    positions: dict[int, set[int]] = field(default_factory=dict)
    resets: set[int] = field(default_factory=set)


class Client(asyncio.Protocol):
    """One socket. Frames of the server are whole texts, unmasked; anything with the needle is noted."""

    def __init__(self, number: int, path: str, port: int, cookies: str, crowd: Crowd) -> None:
        self._number, self._path, self._port, self._cookies, self._crowd = number, path, port, cookies, crowd
        self._buffer = bytearray()
        self._is_open = False
        self.is_lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop has classes of its own
        key = base64.b64encode(os.urandom(16)).decode()
        self.transport.write(
            f"GET {self._path} HTTP/1.1\r\nHost: localhost:{self._port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nOrigin: {os.environ['CHATZEE_PUBLIC_URL']}\r\n"
            f"Cookie: {self._cookies}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise ConnectionError(head.split(b"\r\n")[0].decode())
            self._is_open, self._buffer = True, bytearray(rest)
            self._crowd.ready += 1
        while (frame := self._next_frame()) is not None:
            self._note(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._crowd.closed += 1

    def _next_frame(self) -> bytes | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        length, start = buffer[1] & 127, 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        frame = bytes(buffer[start : start + length])
        del buffer[: start + length]
        return frame

    def _note(self, frame: bytes) -> None:
        if self._crowd.needle in frame:
            self._crowd.arrived.append((time.perf_counter(), frame))
        if (found := _POSITION.search(frame[:200])) is not None:
            self._crowd.positions.setdefault(self._number, set()).add(int(found[1]))
            if b'"t":"reset"' in frame[:40]:
                self._crowd.resets.add(self._number)


async def connect(count: int, path: str, port: int, cookies: str, crowd: Crowd, *, within: float = 60.0) -> list[Client]:
    """Open so many sockets and wait until all of them are open. Raises TimeoutError."""
    loop, clients = asyncio.get_running_loop(), []
    async with asyncio.timeout(within):
        for number in range(count):
            client = Client(number, path, port, cookies, crowd)
            await loop.create_connection(lambda client=client: client, HOST, port)  # type: ignore[misc]
            clients.append(client)
            if number % 50 == 49:
                await _until_open(crowd, number - 20)
        await _until_open(crowd, count)
    return clients


async def _until_open(crowd: Crowd, count: int) -> None:
    while crowd.ready < count:  # noqa: ASYNC110  # the protocols count; an event for each would cost what is measured
        await asyncio.sleep(0.01)


async def greeted(crowd: Crowd, count: int, *, within: float = 60.0) -> None:
    """Wait until so many sockets were told their position: what happens from then on is theirs. Raises TimeoutError."""
    async with asyncio.timeout(within):
        while len(crowd.positions) < count:  # noqa: ASYNC110  # as above
            await asyncio.sleep(0.02)


async def received(crowd: Crowd, count: int, *, within: float) -> bool:
    """Wait until so many texts have arrived; False when that took too long."""
    deadline = time.perf_counter() + within
    while len(crowd.arrived) < count:
        if time.perf_counter() > deadline:
            return False
        await asyncio.sleep(0.002)
    return True
