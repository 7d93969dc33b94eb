"""DNS as the judgement needs it: handed in, bounded, and with answers that can be written down."""

import time
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol

import dns.exception
import dns.rdatatype
import dns.resolver

#: One judgement asks at most this often and this long, in seconds.
MAX_LOOKUPS = 25
MAX_SECONDS = 8.0
#: One question may take this long, in seconds.
TIMEOUT = 3.0
#: A name has no more answers than this that we would look at.
MAX_ANSWERS = 20
MAX_TEXT = 8192

type Answer = str | tuple[int, str]


class NoAnswerError(Exception):
    """DNS could not be asked, in time or at all: nothing follows from that."""


class Resolver(Protocol):
    """Asks DNS."""

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        """The records of a name: TXT, A, AAAA and PTR as text, MX as (preference, name); empty for none.

        Raises NoAnswerError.
        """
        ...


class SystemResolver:
    """The machine's own DNS, its answers kept for as long as they say."""

    def __init__(self, resolver: dns.resolver.Resolver | None = None) -> None:
        self._resolver = resolver or dns.resolver.Resolver(configure=True)
        self._resolver.lifetime = TIMEOUT
        self._resolver.cache = dns.resolver.LRUCache(4000)

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        try:
            found = self._resolver.resolve(name, kind, raise_on_no_answer=False, search=False)
        except dns.resolver.NXDOMAIN:
            return ()
        except (dns.exception.DNSException, ValueError, OSError) as error:
            raise NoAnswerError(kind) from error
        return tuple(_answer(record, kind) for record in list(found.rrset or ())[:MAX_ANSWERS])


class Bounded:
    """Another resolver, for one judgement: within limits, each question asked once."""

    def __init__(self, inner: Resolver) -> None:
        self._inner = inner
        self._until = time.monotonic() + MAX_SECONDS
        self._known: dict[tuple[str, str], Sequence[Answer]] = {}

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        question = (name.lower().rstrip("."), kind)
        if question not in self._known:
            if len(self._known) >= MAX_LOOKUPS or time.monotonic() > self._until:
                raise NoAnswerError(kind)
            self._known[question] = ()
            self._known[question] = self._inner.lookup(*question)
        return self._known[question]


class Recorded:
    """Answers written down before; what was not asked then has no answer now."""

    def __init__(self, texts: Mapping[str, Sequence[str]]) -> None:
        self._texts = texts

    def lookup(self, name: str, kind: str) -> Sequence[Answer]:
        known = self._texts.get(name.lower().rstrip("."))
        if kind != "TXT" or known is None:
            raise NoAnswerError(kind)
        return tuple(known)


@cache
def system_resolver() -> Resolver:
    """The process's resolver. Raises NoAnswerError where the machine has no DNS set up."""
    try:
        return SystemResolver()
    except dns.exception.DNSException as error:
        raise NoAnswerError("configuration") from error


def texts(resolver: Resolver, name: str) -> list[str]:
    """A name's TXT records. Raises NoAnswerError."""
    return [answer for answer in resolver.lookup(name, "TXT") if isinstance(answer, str)]


def _answer(record: object, kind: str) -> Answer:
    if kind == "TXT":
        return b"".join(getattr(record, "strings", ())).decode("latin-1")[:MAX_TEXT]
    if kind == "MX":
        return int(getattr(record, "preference", 0)), str(getattr(record, "exchange", "")).rstrip(".")
    return str(record).rstrip(".")
