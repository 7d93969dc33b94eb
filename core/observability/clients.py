"""Who is at the other end of a request, as far as the proxies in front of us can be believed."""

from functools import lru_cache
from ipaddress import ip_address

from django.http import HttpRequest

from chatzee.env import env


def client_ip(request: HttpRequest) -> str | None:
    """The client's address; None when there is none (a unix socket).

    With n trusted proxies it is the n-th address from the right of X-Forwarded-For: what stands further left was
    written by the client itself. A request that did not come through all of them counts by its own address.
    """
    return address_behind(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def address_behind(peer: str, forwarded_for: str) -> str | None:
    """The same for a connection from `peer` with this X-Forwarded-For header, whoever serves it."""
    direct = _address(peer)
    if not env.trusted_proxies:
        return direct
    forwarded = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if len(forwarded) < env.trusted_proxies:
        return direct
    return _address(forwarded[-env.trusted_proxies]) or direct


def is_loopback(peer: str) -> bool:
    """Whether a connection comes from this machine itself."""
    direct = _address(peer)
    return direct is not None and ip_address(direct).is_loopback


@lru_cache(maxsize=4096)
def _address(text: str) -> str | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
