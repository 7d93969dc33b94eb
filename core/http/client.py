"""The synchronous client."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from core.http.backends import deadline
from core.http.bodies import BodyReader
from core.http.calls import PORTS, check_url, client_options, next_hop, parsed, plain_response, translated
from core.http.errors import RequestFailedError
from core.http.limits import Deadline, Limits
from core.http.resolving import Resolver, allowed_private, system_resolver
from core.http.transport import CheckedTransport, system_trust


class SafeClient:
    """Calls public http and https addresses within `limits`; safe to share between threads.

    Every method raises UnsafeAddressError, TimeLimitError, ResponseTooLargeError or RequestFailedError, never httpx's
    errors; any status is a response. `ports` widens where hosts may listen, `private` replaces the operator's list of
    `host:port` pairs on private addresses, `resolver` and `trust` the machine's name look-up and authorities.
    """

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
        transport = CheckedTransport(resolver=resolver, exempt=self._exempt, trust=trust or system_trust())
        self._client = httpx.Client(transport=transport, **client_options(self._limits, headers))

    def request(self, method: str, url: str, *, limits: Limits | None = None, **options: Any) -> httpx.Response:
        """One call, its body read and decompressed; `options` are httpx's (params, headers, content, data, json …)."""
        with self.stream(method, url, limits=limits, **options) as (response, pieces):
            return plain_response(response, b"".join(pieces))

    def get(self, url: str, **options: Any) -> httpx.Response:
        return self.request("GET", url, **options)

    def post(self, url: str, **options: Any) -> httpx.Response:
        return self.request("POST", url, **options)

    @contextmanager
    def stream(
        self, method: str, url: str, *, limits: Limits | None = None, **options: Any
    ) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
        """A call whose plain body is read piece by piece, in this thread and inside the block, within the limits."""
        limits = limits or self._limits
        target = parsed(url)
        token = deadline.set(Deadline(limits.total))
        try:
            with translated(method, target) as seen:
                response = self._send(method, target, limits, options)
                seen["status"] = response.status_code
                try:
                    yield response, _pieces(response, limits)
                finally:
                    response.close()
        finally:
            deadline.reset(token)

    def close(self) -> None:
        self._client.close()

    def _send(self, method: str, url: httpx.URL, limits: Limits, options: dict[str, Any]) -> httpx.Response:
        timeout = httpx.Timeout(limits.read, connect=limits.connect)
        request = self._client.build_request(method, url, timeout=timeout, **options)
        for _ in range(limits.redirects + 1):
            check_url(request.url, ports=self._ports, exempt=self._exempt)
            response = self._client.send(request, stream=True)
            if limits.redirects == 0 or not response.has_redirect_location:
                return response
            response.close()
            request = next_hop(response)
        raise RequestFailedError(f"{url.host} redirects too often.")


def _pieces(response: httpx.Response, limits: Limits) -> Iterator[bytes]:
    headers = response.headers
    reader = BodyReader(
        headers.get("content-encoding", ""),
        max_bytes=limits.max_bytes,
        declared=None if response.request.method == "HEAD" else headers.get("content-length"),
    )
    for chunk in response.iter_raw():
        plain = reader.feed(chunk)
        if plain:
            yield plain
