"""Addresses in header fields. Groups, comments, quotes and junk are read; what is no address is left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import getaddresses

import idna

from channels_app.adapters.email.mime.reading import Part, raw_values
from channels_app.adapters.email.mime.words import with_words
from channels_app.contract import ChannelError

MAX_ADDRESSES = 200
MAX_FIELD = 20_000
#: An identity's value holds this much.
MAX_ADDRESS = 320
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,250}@[^\s@<>\"(),:;\\\x00-\x1f\x7f]{1,253}")
_LOOSE = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


@dataclass(frozen=True, slots=True)
class Address:
    """An address, its domain in lower case, and the name beside it."""

    value: str
    name: str = ""

    @property
    def local(self) -> str:
        return self.value.rpartition("@")[0]

    @property
    def domain(self) -> str:
        return self.value.rpartition("@")[2]


def addresses(mail: Part, *names: str) -> list[Address]:
    """The addresses of every field of these names, in order, each once."""
    found: dict[str, Address] = {}
    for name in names:
        for raw in raw_values(mail, name):
            for one in addresses_in(raw):
                found.setdefault(one.value.lower(), one)
    return list(found.values())[:MAX_ADDRESSES]


def addresses_in(raw: str) -> list[Address]:
    """The addresses of one raw value; a value without any readable one is searched for what looks like an address."""
    text = raw[:MAX_FIELD]
    try:
        pairs: Iterable[tuple[str, str]] = getaddresses([text], strict=False)
    except (ValueError, IndexError, TypeError, AttributeError, RecursionError):
        pairs = ()
    found = []
    for name, address in pairs:
        value = normal_address(with_words(address))
        if value:
            found.append(Address(value, readable_name(with_words(name))))
    if not found:
        found = [Address(value) for match in _LOOSE.finditer(text) if (value := normal_address(match[0]))]
    return found[:MAX_ADDRESSES]


def normal_address(text: str) -> str:
    """The address as an identity: domain in lower case and as people read it, its own dots and pluses kept. Empty for none."""
    bare = text.strip().strip("<>").strip()
    if not _ADDRESS.fullmatch(bare):
        return ""
    local, _at, domain = bare.rpartition("@")
    domain = readable_domain(domain)
    value = f"{local}@{domain}"
    return value if domain and len(value) <= MAX_ADDRESS else ""


def readable_domain(domain: str) -> str:
    """A domain in lower case, punycode undone where it is valid."""
    lower = domain.rstrip(".").lower()
    if "xn--" not in lower:
        return lower
    try:
        return idna.decode(lower)
    except (idna.IDNAError, UnicodeError):
        return lower


def readable_name(text: str) -> str:
    """A name on one line, without quotes around it and signs that turn or hide text, at most 120 characters."""
    plain = "".join(" " if sign in "\r\n\t" else sign for sign in text if sign.isprintable() or sign in "\r\n\t")
    return " ".join(plain.strip().strip("'\"").split())[:120]


def key_of(address: str) -> str:
    """What two spellings of an address have in common."""
    return address.strip().lower()


def is_own(address: str, own: frozenset[str]) -> bool:
    """Whether an address is one of these (given as keys), with or without a plus-part."""
    key = key_of(address)
    local, _at, domain = key.rpartition("@")
    return key in own or f"{local.partition('+')[0]}@{domain}" in own


def wire_address(address: str) -> str:
    """An address as servers want it: its domain in ASCII. Raises ChannelError for a domain that is none."""
    local, _at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        raise ChannelError("domain_unknown", permanent=True) from None
