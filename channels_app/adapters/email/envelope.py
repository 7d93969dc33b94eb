"""How a mail is stored until it is parsed: one line of JSON that says how it came, then the mail's raw bytes.

What only the receiving side can know (when and for whom it came, what DNS said of the sender) stands in the head, so that
parsing needs nothing but the stored bytes and the inbox.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

import orjson

from channels_app.adapters.email.mime.addresses import addresses, key_of, normal_address
from channels_app.adapters.email.mime.attachments import LeftFile
from channels_app.adapters.email.mime.lightening import Lightened, lightened
from channels_app.adapters.email.mime.reading import read_headers
from channels_app.contract import Envelope, UnparsableError

#: Of a larger mail so much is kept, in bytes, without its head: its texts and the smaller ones of its files.
MAX_MAIL = 40 * 1024 * 1024
MAX_HEAD = 256 * 1024

type Outcome = Literal["pass", "fail", "none"]
_OUTCOMES = frozenset({"pass", "fail", "none"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the sender is who the mail says. `reason` is a short code, `domain` the one that vouched or refused."""

    outcome: Outcome = "none"
    reason: str = "not_checked"
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """How a mail came. `mail_from`: the envelope's sender, empty for none (bounces), None when it is not known.

    `verdict`: judged before storing, by the provider or by `judged`. `texts`: DNS records by name, handed in for a
    judgement when it is parsed; an empty tuple says that there is no such record. `left`: files that were too large.
    """

    received_at: datetime
    source: str
    recipients: Sequence[str] = ()
    mail_from: str | None = None
    verdict: Verdict | None = None
    texts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    left: Sequence[LeftFile] = ()


def stored_body(head: Head, raw: bytes) -> bytes:
    """An envelope's body."""
    said: dict[str, Any] = {"v": 1, "at": head.received_at.astimezone(UTC).isoformat(), "via": head.source}
    said["to"] = list(head.recipients)
    if head.mail_from is not None:
        said["from"] = head.mail_from
    if head.verdict is not None:
        said["auth"] = [head.verdict.outcome, head.verdict.reason, head.verdict.domain]
    if head.texts:
        said["dns"] = {name: list(records) for name, records in head.texts.items()}
    if head.left:
        said["left"] = [[one.name, one.content_type, one.size, one.reason] for one in head.left]
    return orjson.dumps(said) + b"\n" + raw


def opened(body: bytes) -> tuple[Head, bytes]:
    """The head and the raw mail of an envelope's body. Raises UnparsableError."""
    line, mark, _raw = body[:MAX_HEAD].partition(b"\n")
    if not mark or not line.startswith(b'{"v":1,'):
        raise UnparsableError("A stored mail without its head")
    try:
        return _head(orjson.loads(line)), body[len(line) + 1 :]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UnparsableError(f"{type(error).__name__} in a stored mail's head") from error


def _head(said: dict[str, Any]) -> Head:
    at = datetime.fromisoformat(said["at"])
    auth = said.get("auth")
    if auth is not None and (auth[0] not in _OUTCOMES or not all(isinstance(one, str) for one in auth)):
        raise ValueError(auth)
    return Head(
        received_at=at if at.tzinfo else at.replace(tzinfo=UTC),
        source=str(said["via"]),
        recipients=tuple(str(one) for one in said["to"]),
        mail_from=None if said.get("from") is None else str(said["from"]),
        verdict=Verdict(*auth) if auth else None,
        texts={str(name): tuple(str(one) for one in records) for name, records in said.get("dns", {}).items()},
        left=tuple(LeftFile(str(one[0]), str(one[1]), int(one[2]), str(one[3])) for one in said.get("left", ())),
    )


def mail_envelope(raw: bytes, head: Head, *, key: str = "") -> Envelope:
    """A mail as an event of its sender. Without a `key` of the source's, the same bytes are the same event."""
    return light_envelope(lightened([raw], MAX_MAIL), head, key=key)


def light_envelope(found: Lightened, head: Head, *, key: str = "") -> Envelope:
    """A mail of which not everything may have been kept, as an event of its sender."""
    if found.left:
        # Signatures cover what is no longer there: what nobody vouched for before counts as not proven.
        head = replace(head, left=found.left, verdict=head.verdict or Verdict("none", "partial"), texts={})
    return Envelope(key=key or f"mail:{found.digest}", sender=_line_of(found.raw), body=stored_body(head, found.raw))


def _line_of(raw: bytes) -> str:
    """In whose line a mail stands: its sender's address."""
    senders = addresses(read_headers(raw[:MAX_HEAD]), "from", "sender")
    return f"mail:{key_of(senders[0].value)}" if senders else "mail:nobody"


def known_addresses(found: Sequence[str]) -> tuple[str, ...]:
    """The readable ones among addresses that a source gave, each once."""
    return tuple(dict.fromkeys(value for one in found[:200] if (value := normal_address(one))))
