"""From a host to the addresses that a connection may be made to."""

import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from chatzee.env import env
from core.http.addresses import is_public
from core.http.errors import RequestFailedError, TimeLimitError, UnsafeAddressError

#: Gives the addresses of a host, in the order to try them. Raises OSError when there are none.
type Resolver = Callable[[str, int], list[str]]


def system_resolver(host: str, port: int) -> list[str]:
    """What the machine's resolver says, each address once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(host: str, port: int, *, resolver: Resolver, seconds: float, exempt: frozenset[str]) -> list[str]:
    """The addresses to connect to. One that is not public refuses the host as a whole.

    Raises UnsafeAddressError, TimeLimitError, RequestFailedError.
    """
    looking_up = _threads().submit(resolver, host, port)
    try:
        found = looking_up.result(timeout=seconds)
    except TimeoutError:
        looking_up.cancel()
        raise TimeLimitError(f"Looking up {host} took too long.") from None
    except (OSError, UnicodeError):
        raise RequestFailedError(f"{host} cannot be found.") from None
    if not found:
        raise RequestFailedError(f"{host} has no address.")
    if f"{host.lower()}:{port}" not in exempt and not all(is_public(address) for address in found):
        raise UnsafeAddressError(f"{host} is not on the public internet.")
    return found


def allowed_private() -> frozenset[str]:
    """The `host:port` pairs on private addresses that the operator allows."""
    return frozenset(entry.lower().replace("[", "").replace("]", "") for entry in env.http_allowed_private)


@cache
def _threads() -> ThreadPoolExecutor:
    # getaddrinfo() takes no time limit: a dead name server would hold the caller for half a minute.
    return ThreadPoolExecutor(max_workers=16, thread_name_prefix="resolver")
