"""DKIM: which domains signed the mail as it stands (RFC 6376). dkimpy computes; what may count is decided here."""

import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from channels_app.adapters.email.authenticity.alignment import are_aligned, ascii_domain
from channels_app.adapters.email.authenticity.resolving import NoAnswerError, Resolver, texts
from channels_app.adapters.email.mime.reading import Part, raw_values

#: Signatures of one mail that are looked at.
MAX_SIGNATURES = 5
# It logs whole keys and fields; what comes of them is the verdict.
logging.getLogger("dkimpy").disabled = True

_SLACK = timedelta(hours=10)
_NAME = re.compile(r"[a-z0-9_.-]{1,253}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Signature:
    """`index`: its place among the mail's DKIM-Signature fields, from the top."""

    index: int
    domain: str
    selector: str

    @property
    def name(self) -> str:
        """Where its key stands in DNS."""
        return f"{self.selector}._domainkey.{self.domain}".lower()


@dataclass(frozen=True, slots=True)
class Signed:
    """The aligned domains whose signature holds; whether an aligned one is broken; whether a key could not be asked for."""

    domains: Sequence[str] = ()
    is_broken: bool = False
    is_unknown: bool = False


class _Checker(dkim.DKIM):
    """dkimpy's verifier with the time handed in: a stored mail is judged by when it came."""

    at: datetime

    def verify_headerprep(self, idx: int = 0) -> object:
        found = [(name, value) for name, value in self.headers if name.lower() == b"dkim-signature"]
        fields = parse_tag_value(found[idx][1])
        _check_time(fields, self.at)
        dkim.validate_signature_fields({name: value for name, value in fields.items() if name not in (b"t", b"x")})
        self.signature_fields, self.domain, self.selector = fields, fields[b"d"], fields[b"s"]
        included = [name.strip().lower() for name in fields[b"h"].split(b":")]
        if b"l" in fields or fields[b"a"].lower() == b"rsa-sha1" or b"from" not in included:
            raise dkim.ValidationError("A signature that lets the mail be changed")
        self.include_headers = tuple(included)
        return fields, included, found


def aligned_signatures(mail: Part, domain: str) -> list[Signature]:
    """The mail's signatures by domains that may speak for this one, top first."""
    found = []
    for index, value in enumerate(raw_values(mail, "dkim-signature")[:20]):
        try:
            tags = parse_tag_value(value.encode("ascii", "ignore"))
            signer, selector = tags[b"d"].decode(), tags[b"s"].decode()
        except (InvalidTagValueList, KeyError, ValueError):
            continue
        if _NAME.fullmatch(signer) and _NAME.fullmatch(selector) and are_aligned(signer, domain):
            found.append(Signature(index, ascii_domain(signer), selector))
    return found[:MAX_SIGNATURES]


def signed_by(raw: bytes, signatures: Sequence[Signature], resolver: Resolver, at: datetime) -> Signed:
    """Check signatures against the mail's bytes, until one holds."""
    is_broken = is_unknown = False
    for signature in signatures:
        try:
            if _holds(raw, signature, resolver, at):
                return Signed((signature.domain,))
            is_broken = True
        except NoAnswerError:
            is_unknown = True
        except (dkim.DKIMException, InvalidTagValueList):
            is_broken = True
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, binascii.Error, NameError):
            # dkimpy lets through what a broken key or field runs into, and a NameError for a kind of key it has no library for.
            is_broken = True
    return Signed((), is_broken, is_unknown)


def _holds(raw: bytes, signature: Signature, resolver: Resolver, at: datetime) -> bool:
    records = texts(resolver, signature.name)
    checker = _Checker(raw)
    checker.at = at
    return bool(records) and bool(checker.verify(signature.index, dnsfunc=lambda _name, timeout=5: records[0].encode("latin-1")))


def _check_time(fields: dict[bytes, bytes], at: datetime) -> None:
    """Raise for a signature that has ended, or that will only begin."""
    ends, begins = fields.get(b"x", b"").strip(), fields.get(b"t", b"").strip()
    now, slack = at.timestamp(), _SLACK.total_seconds()
    if (ends and int(ends[:15]) < now - slack) or (begins and int(begins[:15]) > now + slack):
        raise dkim.ValidationError("A signature of another time")
