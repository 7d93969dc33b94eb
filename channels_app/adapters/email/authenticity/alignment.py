"""Which domains belong together, and what a domain's DMARC record demands (RFC 7489)."""

from dataclasses import dataclass
from functools import cache

import idna
from publicsuffixlist import PublicSuffixList

from channels_app.adapters.email.authenticity.resolving import Resolver, texts


@dataclass(frozen=True, slots=True)
class Policy:
    """`is_enforced`: the domain asks that mail which is not proven to be its own be refused or set aside."""

    is_enforced: bool
    strict_dkim: bool = False
    strict_spf: bool = False


def ascii_domain(domain: str) -> str:
    """A domain as DNS has it; empty for one that is none."""
    lower = domain.strip().rstrip(".").lower()
    if lower.isascii():
        return lower
    try:
        return idna.encode(lower, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def organisation(domain: str) -> str:
    """The registrable domain above a domain (`mail.shop.co.uk` → `shop.co.uk`), or the domain itself."""
    lower = ascii_domain(domain)
    return _suffixes().privatesuffix(lower) or lower


def are_aligned(one: str, other: str, *, is_strict: bool = False) -> bool:
    """Whether a proof for one domain speaks for the other."""
    first, second = ascii_domain(one), ascii_domain(other)
    if not first or not second:
        return False
    return first == second or (not is_strict and organisation(first) == organisation(second))


def policy_of(domain: str, resolver: Resolver) -> Policy | None:
    """The DMARC policy for a domain; None where nobody published one. Raises NoAnswerError."""
    for place in policy_names(domain):
        records = [record for record in texts(resolver, place) if record.strip().lower().startswith("v=dmarc1")]
        if len(records) == 1:
            tags = _tags(records[0])
            is_parent = place != f"_dmarc.{ascii_domain(domain)}"
            asked = tags.get("sp", tags.get("p", "none")) if is_parent else tags.get("p", "none")
            return Policy(asked in ("reject", "quarantine"), tags.get("adkim") == "s", tags.get("aspf") == "s")
    return None


def policy_names(domain: str) -> list[str]:
    """Where a domain's policy may stand, its own place first."""
    lower = ascii_domain(domain)
    return list(dict.fromkeys(f"_dmarc.{one}" for one in (lower, organisation(lower)) if one))


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record[:2000].split(";"))
    return {name.strip().lower(): value.strip().lower() for name, _sign, value in pairs if name.strip()}
