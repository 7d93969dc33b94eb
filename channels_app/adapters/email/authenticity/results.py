"""Authentication-Results that our own receiving server wrote (RFC 8601)."""

import ipaddress
import re
from collections.abc import Iterator

import authres

from channels_app.adapters.email.authenticity.alignment import are_aligned, organisation
from channels_app.adapters.email.envelope import Verdict
from channels_app.adapters.email.mime.reading import Part, fields

_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)
_MAX_VALUE = 4000


def verdict_of_server(mail: Part, domain: str, authserv_ids: frozenset[str]) -> Verdict | None:
    """What a server of ours found about the mail's domain; None where none of ours said anything.

    Only the topmost field counts, and only above the first server of others: below it the sender may have written it.
    """
    for value in _above_strangers(mail, authserv_ids):
        try:
            header = authres.AuthenticationResultsHeader.parse(f"Authentication-Results: {value[:_MAX_VALUE]}")
        except (authres.AuthResError, ValueError, RecursionError, AttributeError, TypeError):
            continue
        if str(header.authserv_id).lower() in authserv_ids:
            return _judged(header, domain)
    return None


def _above_strangers(mail: Part, authserv_ids: frozenset[str]) -> Iterator[str]:
    own = {organisation(one) for one in authserv_ids}
    for name, value in fields(mail):
        if name == "received" and not _is_ours(value, own):
            return
        if name == "authentication-results":
            yield value


def _is_ours(received: str, own: set[str]) -> bool:
    """Whether a Received field was written by a server of ours. Servers inside name themselves by an address or not at all."""
    found = _BY.search(received[:_MAX_VALUE])
    if found is None:
        return True
    try:
        ipaddress.ip_address(found[1].strip("[]"))
    except ValueError:
        return "." not in found[1] or organisation(found[1]) in own
    return True


def _judged(header: authres.AuthenticationResultsHeader, domain: str) -> Verdict:
    found = {"dmarc": "", "dkim": "", "spf": ""}
    for result in header.results:
        method, outcome = str(result.method).lower(), str(result.result).lower()
        proven = _domain(result)
        if method == "dmarc" and are_aligned(proven or domain, domain):
            found["dmarc"] = found["dmarc"] or outcome
        elif method in ("dkim", "spf") and outcome == "pass" and proven and are_aligned(proven, domain):
            found[method] = "pass"
    if found["dmarc"] == "fail":
        return Verdict("fail", "dmarc", domain)
    for method in ("dmarc", "dkim", "spf"):
        if found[method] == "pass":
            return Verdict("pass", method, domain)
    return Verdict("none", "server", domain)


def _domain(result: authres.AuthenticationResult) -> str:
    """The domain that a result speaks of."""
    wanted = {("dmarc", "header", "from"), ("dkim", "header", "d"), ("dkim", "header", "i"), ("spf", "smtp", "mailfrom")}
    for prop in result.properties:
        if (str(result.method).lower(), str(prop.type).lower(), str(prop.name).lower()) in wanted:
            return str(prop.value).rpartition("@")[2]
    return ""
