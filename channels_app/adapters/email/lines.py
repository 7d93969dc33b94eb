"""Connections to mail servers: to checked public addresses only, with verified TLS.

A server on a private address, or one without TLS, is reached only where the operator allows its `host:port` (test servers).
"""

import socket
import ssl
from dataclasses import dataclass
from time import monotonic

from channels_app.contract import ChannelError
from core.http.addresses import check_host
from core.http.errors import RequestFailedError, TimeLimitError, UnsafeAddressError
from core.http.resolving import allowed_private, checked_addresses, system_resolver
from core.http.transport import system_trust

#: Where mail servers listen.
PORTS = frozenset({25, 110, 143, 465, 587, 993, 995, 2525})
TLS, STARTTLS, PLAIN = "tls", "starttls", "plain"
CONNECT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Server:
    """A mail server. `security`: TLS from the first byte, by STARTTLS, or none (allowed test servers only)."""

    host: str
    port: int
    security: str


class Patience:
    """The seconds that a whole exchange may take."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def left(self, most: float) -> float:
        """Seconds for the next step. Raises TimeoutError when there are none."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, most)


def trust() -> ssl.SSLContext:
    """The authorities whose certificates count."""
    return system_trust()


def exempt() -> frozenset[str]:
    """The `host:port` pairs that the operator allows on private addresses."""
    return allowed_private()


def connected(server: Server, seconds: float = CONNECT_SECONDS) -> socket.socket:
    """A connection, under TLS already where the server wants it from the first byte. Raises ChannelError."""
    allowed = exempt()
    is_allowed = f"{server.host.lower()}:{server.port}" in allowed
    if not is_allowed and (server.port not in PORTS or server.security == PLAIN):
        raise ChannelError("server_forbidden", permanent=True, is_inbox_wide=True)
    try:
        if not is_allowed:
            check_host(server.host)
        found = checked_addresses(server.host, server.port, resolver=system_resolver, seconds=seconds, exempt=allowed)
    except UnsafeAddressError:
        raise ChannelError("server_forbidden", permanent=True, is_inbox_wide=True) from None
    except (RequestFailedError, TimeLimitError):
        raise ChannelError("server_unknown", is_inbox_wide=True) from None
    plain = _first_that_answers(found, server.port, seconds)
    return secured(plain, server.host) if server.security == TLS else plain


def secured(plain: socket.socket, host: str) -> socket.socket:
    """TLS over a connection, its certificate checked against the host's name. Raises ChannelError."""
    try:
        return trust().wrap_socket(plain, server_hostname=host)
    except ssl.SSLError as error:
        plain.close()
        raise ChannelError("tls_failed", is_inbox_wide=True, detail=str(getattr(error, "verify_message", ""))) from None
    except OSError:
        plain.close()
        raise ChannelError("no_connection", is_inbox_wide=True) from None


def _first_that_answers(found: list[str], port: int, seconds: float) -> socket.socket:
    for address in found:
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError:
            continue
    raise ChannelError("no_connection", is_inbox_wide=True)
