"""The network under the client: it connects to addresses it has checked, and to nothing else.

The check sits where the connection is made, so there is no moment between check and use, and every redirect and every
reconnection passes it. TLS still names and verifies the host of the URL.
"""

import ssl
from collections.abc import Iterable
from contextvars import ContextVar
from time import monotonic
from typing import Any

import anyio.to_thread
import httpcore

from core.http.errors import RequestFailedError
from core.http.limits import Deadline
from core.http.resolving import Resolver, checked_addresses

#: The deadline of the call that runs now; connections outlive calls, so they find it here.
deadline: ContextVar[Deadline] = ContextVar("core_http_deadline")

#: Seconds between two ticks of a call that waits for bytes.
_TICK = 1.0


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves, checks, connects; streams obey the call's deadline."""

    def __init__(self, *, resolver: Resolver, exempt: frozenset[str]) -> None:
        self._resolver = resolver
        self._exempt = exempt
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        seconds = deadline.get().left(timeout)
        addresses = checked_addresses(host, port, resolver=self._resolver, seconds=seconds, exempt=self._exempt)
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connect(addresses[-1], port, timeout)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise RequestFailedError("Outgoing calls go over the network.")

    def _connect(self, address: str, port: int, timeout: float | None) -> httpcore.NetworkStream:
        return TimedStream(self._sockets.connect_tcp(address, port, deadline.get().left(timeout)))


class TimedStream(httpcore.NetworkStream):
    """A connection whose every read and write ends by the deadline of the call that uses it."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        now = deadline.get()
        if now.tick is None:
            return self._stream.read(max_bytes, now.left(timeout))
        ends = monotonic() + now.left(timeout)
        while True:
            now.tick()
            left = min(now.left(), ends - monotonic())
            try:
                return self._stream.read(max_bytes, max(0.0, min(left, _TICK)))
            except httpcore.ReadTimeout:
                if left <= _TICK:
                    raise

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, deadline.get().left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return TimedStream(self._stream.start_tls(ssl_context, server_hostname, deadline.get().left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class AsyncCheckedBackend(httpcore.AsyncNetworkBackend):
    """The same on an event loop, where the call as a whole runs under a time limit."""

    def __init__(self, *, resolver: Resolver, exempt: frozenset[str]) -> None:
        self._resolver = resolver
        self._exempt = exempt
        self._sockets = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await anyio.to_thread.run_sync(self._resolve, host, port, deadline.get().left(timeout))
        for address in addresses[:-1]:
            try:
                return await self._sockets.connect_tcp(address, port, timeout)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._sockets.connect_tcp(addresses[-1], port, timeout)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's interface
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        raise RequestFailedError("Outgoing calls go over the network.")

    async def sleep(self, seconds: float) -> None:
        await self._sockets.sleep(seconds)

    def _resolve(self, host: str, port: int, seconds: float) -> list[str]:
        return checked_addresses(host, port, resolver=self._resolver, seconds=seconds, exempt=self._exempt)
