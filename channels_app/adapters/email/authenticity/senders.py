"""SPF: whether a domain lets a mail server send in its name (RFC 7208), computed by pyspf with our resolver."""

import ipaddress
import warnings
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Literal

from channels_app.adapters.email.authenticity.resolving import NoAnswerError, Resolver

with warnings.catch_warnings():
    # Its 2020 release has a docstring that today's compiler warns about.
    warnings.simplefilter("ignore", SyntaxWarning)
    import spf

type Outcome = Literal["pass", "fail", "none"]

_asked: ContextVar[Resolver] = ContextVar("spf_resolver")
_TIME = 6


def _lookup(name: str, kind: str, strict: bool = True, timeout: float = _TIME) -> Iterator[tuple[tuple[str, str], object]]:
    """pyspf's way to DNS: pairs of (name, kind) and value."""
    if kind == "SPF":
        return
    try:
        found = _asked.get().lookup(name, kind)
    except NoAnswerError as error:
        raise spf.TempError("DNS gave no answer") from error
    for answer in found:
        yield (name, kind), _value(answer, kind)


def _value(answer: object, kind: str) -> object:
    if kind == "TXT":
        return (str(answer).encode("latin-1", "replace"),)
    return ipaddress.ip_address(str(answer)).packed if kind == "AAAA" else answer


# pyspf has no place for a resolver but this name.
spf.DNSLookup = _lookup


def may_send(peer_ip: str, mail_from: str, helo: str, resolver: Resolver) -> Outcome:
    """Whether the server at this address may send for the envelope sender's domain, or the one it greeted with."""
    try:
        address = str(ipaddress.ip_address(peer_ip))
    except ValueError:
        return "none"
    token = _asked.set(resolver)
    try:
        result = spf.query(i=address, s=mail_from, h=helo or mail_from.rpartition("@")[2], timeout=3, querytime=_TIME).check()[0]
    except Exception:  # noqa: BLE001  # pyspf lets through whatever a hostile record leads it into
        return "none"
    finally:
        _asked.reset(token)
    outcomes: dict[str, Outcome] = {"pass": "pass", "fail": "fail"}
    return outcomes.get(str(result), "none")
