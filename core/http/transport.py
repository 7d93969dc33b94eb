"""httpx's transports over the checked network, with no proxy and nothing taken from the environment."""

import ssl
from functools import cache

import httpcore
import httpx

from core.http.backends import AsyncCheckedBackend, CheckedBackend
from core.http.resolving import Resolver

_CONNECTIONS, _IDLE, _IDLE_SECONDS = 100, 20, 30.0


@cache
def system_trust() -> ssl.SSLContext:
    """The machine's certificate authorities. Made once: loading them takes 20 ms."""
    return ssl.create_default_context()


class CheckedTransport(httpx.HTTPTransport):
    def __init__(self, *, resolver: Resolver, exempt: frozenset[str], trust: ssl.SSLContext) -> None:
        # In place of httpx's own pool: its constructor has no room for a network backend.
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=CheckedBackend(resolver=resolver, exempt=exempt),
        )


class AsyncCheckedTransport(httpx.AsyncHTTPTransport):
    def __init__(self, *, resolver: Resolver, exempt: frozenset[str], trust: ssl.SSLContext) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=_CONNECTIONS,
            max_keepalive_connections=_IDLE,
            keepalive_expiry=_IDLE_SECONDS,
            network_backend=AsyncCheckedBackend(resolver=resolver, exempt=exempt),
        )
