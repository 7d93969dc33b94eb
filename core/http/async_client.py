"""The client for event loops; the same contract as :class:`core.http.client.SafeClient`."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from core.http.backends import deadline
from core.http.bodies import BodyReader
from core.http.calls import PORTS, check_url, client_options, next_hop, parsed, plain_response, translated
from core.http.errors import RequestFailedError
from core.http.limits import Deadline, Limits
from core.http.resolving import Resolver, allowed_private, system_resolver
from core.http.transport import AsyncCheckedTransport, system_trust


class AsyncSafeClient:
    """As SafeClient, for one event loop."""

    def __init__(
        self,
        *,
        limits: Limits | None = None,
        headers: dict[str, str] | None = None,
        ports: frozenset[int] = PORTS,
        resolver: Resolver = system_resolver,
        trust: ssl.SSLContext | None = None,
        private: frozenset[str] | None = None,
    ) -> None:
        self._limits = limits or Limits()
        self._ports = ports
        self._exempt = allowed_private() if private is None else private
        transport = AsyncCheckedTransport(resolver=resolver, exempt=self._exempt, trust=trust or system_trust())
        self._client = httpx.AsyncClient(transport=transport, **client_options(self._limits, headers))

    async def request(self, method: str, url: str, *, limits: Limits | None = None, **options: Any) -> httpx.Response:
        """One call, its body read and decompressed."""
        async with self.stream(method, url, limits=limits, **options) as (response, pieces):
            return plain_response(response, b"".join([piece async for piece in pieces]))

    async def get(self, url: str, **options: Any) -> httpx.Response:
        return await self.request("GET", url, **options)

    async def post(self, url: str, **options: Any) -> httpx.Response:
        return await self.request("POST", url, **options)

    @asynccontextmanager
    async def stream(
        self, method: str, url: str, *, limits: Limits | None = None, **options: Any
    ) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[bytes]]]:
        """A call whose plain body is read piece by piece, in this task and inside the block, within the limits."""
        limits = limits or self._limits
        target = parsed(url)
        token = deadline.set(Deadline(limits.total))
        try:
            with translated(method, target) as seen:
                async with asyncio.timeout(limits.total):
                    response = await self._send(method, target, limits, options)
                    seen["status"] = response.status_code
                    try:
                        yield response, _pieces(response, limits)
                    finally:
                        await response.aclose()
        finally:
            deadline.reset(token)

    async def close(self) -> None:
        await self._client.aclose()

    async def _send(self, method: str, url: httpx.URL, limits: Limits, options: dict[str, Any]) -> httpx.Response:
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        request = self._client.build_request(method, url, timeout=timeout, **options)
        for _ in range(limits.redirects + 1):
            check_url(request.url, ports=self._ports, exempt=self._exempt)
            response = await self._client.send(request, stream=True)
            if limits.redirects == 0 or not response.has_redirect_location:
                return response
            await response.aclose()
            request = next_hop(response)
        raise RequestFailedError(f"{url.host} redirects too often.")


async def _pieces(response: httpx.Response, limits: Limits) -> AsyncIterator[bytes]:
    headers = response.headers
    reader = BodyReader(
        headers.get("content-encoding", ""),
        max_bytes=limits.max_bytes,
        declared=None if response.request.method == "HEAD" else headers.get("content-length"),
    )
    async for chunk in response.aiter_raw():
        plain = reader.feed(chunk)
        if plain:
            yield plain
