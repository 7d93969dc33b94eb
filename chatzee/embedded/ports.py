"""Free TCP ports on the loopback address."""

import random
import socket
from contextlib import closing

HOST = "127.0.0.1"
#: Linux gives ports from 32,768 on, others from 49,152 on.
_BELOW_CONNECTIONS = (20_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_STREAM)) as probe:
        # Servers set it too: without it a port in TIME_WAIT after a restart would look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def first_free(wanted: int, *, span: int = 200, avoid: frozenset[int] = frozenset()) -> int:
    """The wanted port, or the next free one within `span`, claimed. Raises OSError when all of them are taken."""
    for port in range(wanted, wanted + span):
        if port not in avoid and is_free(port) and _claim(port):
            return port
    raise OSError(f"No free port between {wanted} and {wanted + span - 1} on {HOST}.")


def _claim(port: int) -> bool:
    """Keep other runs that start at the same time from choosing this port too; False when one of them has.

    The claim is the UDP port of the same number, which none of the servers uses: the kernel gives it to one process, of
    whatever user, and frees it when that process ends.
    """
    claim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        claim.bind((HOST, port))
    except OSError:
        claim.close()
        return False
    claim.detach()  # open until the process ends
    return True


def any_free() -> int:
    """A free port that no outgoing connection takes before a server does: below those that systems give to connections."""
    while not is_free(port := random.randrange(*_BELOW_CONNECTIONS)):  # noqa: S311  # nobody is to be surprised
        pass
    return port


def reserve() -> socket.socket:
    """A free port kept for ourselves while the socket is open: `getsockname()[1]` of a socket that does not listen.

    The kernel gives the port to nobody who asks for any; a server that names it may listen there, again and again,
    because both set SO_REUSEADDR.
    """
    kept = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    kept.bind((HOST, 0))
    return kept
