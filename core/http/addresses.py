"""Which addresses outgoing calls may reach: the public internet, told by its address blocks.

Sources: the IANA special-purpose address registries for IPv4 and IPv6. The list is ours and closed (IPv6 is refused
unless it is global unicast), because `ipaddress.is_global` lets multicast, 6to4 and their like pass.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from core.http.errors import UnsafeAddressError

_REFUSED_V4 = [
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds serve their metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # automatic multicast tunneling
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
_GLOBAL_V6 = IPv6Network("2000::/3")
_REFUSED_V6 = [
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, among them Teredo and ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which names an IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\.?", re.IGNORECASE)
#: A host whose last label is a number is read as IPv4 by address parsers, in whatever odd notation it is.
_NUMERIC_END = re.compile(r"(?:^|\.)(?:\d+|0x[0-9a-f]*)\.?$", re.IGNORECASE)


def is_public(address: str) -> bool:
    """Whether an IP address, in plain notation, is on the public internet."""
    if "%" in address:  # a zone names one of our own interfaces
        return False
    found = ip_address(address)
    if isinstance(found, IPv4Address):
        return not any(found in block for block in _REFUSED_V4)
    return _is_public_v6(found)


def _is_public_v6(address: IPv6Address) -> bool:
    return address in _GLOBAL_V6 and not any(address in block for block in _REFUSED_V6)


def check_host(host: str) -> None:
    """Refuse what is neither a full domain name nor an address in plain notation, before anything is looked up.

    A name without a dot is one of the local network, and nobody writes a public address in octal.
    """
    if not _is_plain(host):
        raise UnsafeAddressError("The host is not a full name, and not an address in plain notation.")


def _is_plain(host: str) -> bool:
    if "%" in host:  # an escape, or the zone of an IPv6 address, which names one of our interfaces
        return False
    if ":" in host or _NUMERIC_END.search(host):
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
    return len(host) <= 253 and _NAME.fullmatch(host) is not None
