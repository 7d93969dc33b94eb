"""The safe network for libraries that make their own calls with an httpx client, such as SDKs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from ipaddress import ip_address

import httpx

from core.http.addresses import is_public
from core.http.backends import deadline
from core.http.calls import PORTS, check_url, client_options, parsed
from core.http.errors import RequestFailedError, ResponseTooLargeError, UnsafeAddressError
from core.http.limits import Deadline, Limits
from core.http.resolving import allowed_private, system_resolver
from core.http.transport import CheckedTransport, system_trust

#: Largest body in bytes. It is asked for without compression, so that none unfolds beyond it.
MAX_BYTES = 5 * 1024 * 1024


@contextmanager
def within(seconds: float, *, tick: Callable[[], None] | None = None) -> Iterator[None]:
    """Bound the lent client's calls in this block; outside one, calls fail. An inner block may only be shorter.

    `tick` is called about every second while a call waits for the server; what it raises ends the call and comes out as it is.
    """
    outer = deadline.get(None)
    if outer is not None:
        seconds, tick = outer.left(seconds), tick or outer.tick
    token = deadline.set(Deadline(seconds, tick=tick))
    try:
        yield
    finally:
        deadline.reset(token)


@cache
def lent_client() -> httpx.Client:
    """This process's client for SDKs: SafeClient's rules on addresses, no redirects, no cookies, bodies up to MAX_BYTES.

    Refusals come as :class:`~core.http.errors.SafeHttpError`, all else as httpx's errors. Calls run inside :func:`within`.
    """
    options = client_options(Limits(), {"accept-encoding": "identity"})
    return httpx.Client(transport=_LentTransport(), **options)


def check_lent(url: str) -> None:
    """Refuse an address that the lent client would refuse, without looking its name up. Raises UnsafeAddressError."""
    target, exempt = parsed(url), allowed_private()
    check_url(target, ports=PORTS, exempt=exempt)
    host = target.host
    with suppress(ValueError):
        ip_address(host)
        if not is_public(host) and f"{host}:{target.port or (443 if target.scheme == 'https' else 80)}" not in exempt:
            raise UnsafeAddressError(f"{host} is not on the public internet.")


class _LentTransport(httpx.BaseTransport):
    def __init__(self) -> None:
        self._exempt = allowed_private()
        self._inner = CheckedTransport(resolver=system_resolver, exempt=self._exempt, trust=system_trust())

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        check_url(request.url, ports=PORTS, exempt=self._exempt)
        response = self._inner.handle_request(request)
        if response.headers.get("content-encoding", "identity").strip().lower() not in {"", "identity"}:
            response.close()
            raise RequestFailedError("The response is in an encoding that was not asked for.")
        assert isinstance(response.stream, httpx.SyncByteStream)
        response.stream = _Counted(response.stream)
        return response

    def close(self) -> None:
        self._inner.close()


class _Counted(httpx.SyncByteStream):
    """A body that ends with an error where it goes beyond MAX_BYTES."""

    def __init__(self, stream: httpx.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        count = 0
        for chunk in self._stream:
            count += len(chunk)
            if count > MAX_BYTES:
                raise ResponseTooLargeError(f"The response is larger than {MAX_BYTES} bytes.")
            yield chunk

    def close(self) -> None:
        self._stream.close()
