"""Reports on our own mail: not delivered, delayed, delivered, complained about."""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from itertools import islice
from uuid import UUID

from flufl.bounce import all_failures

from channels_app.adapters.email.message_ids import normal_id, own_reference
from channels_app.adapters.email.mime.reading import (
    Leaf,
    Part,
    content,
    content_type,
    raw_value,
    read_headers,
)
from channels_app.adapters.email.own import OwnMail
from conversations.normalised import Receipt

# It names every detector that it tries.
logging.getLogger("flufl.bounce").setLevel(logging.WARNING)

#: Reports on more recipients than this are cut.
MAX_RECIPIENTS = 100
MAX_STATUS = 200_000
#: How much of a mail in no standard form is looked at, in bytes, and of each of its lines.
MAX_SAMPLE, MAX_LINE = 24_000, 200
_ORIGINALS = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers", "message/rfc822-headers"}
)
_STATUS = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})")
_IN_TEXT = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{1,500}>)", re.IGNORECASE | re.MULTILINE)

#: Enhanced status codes (RFC 3463) by what an agent can do about them; the first that fits.
_CODES = (
    ("5.1.2", "domain_unknown"),
    ("5.4.4", "domain_unknown"),
    ("5.1.", "mailbox_unknown"),
    ("5.2.1", "mailbox_unknown"),
    ("5.2.2", "mailbox_full"),
    ("4.2.2", "mailbox_full"),
    ("5.2.3", "too_large"),
    ("5.3.4", "too_large"),
    ("5.7.", "refused"),
    ("5.4.7", "expired"),
    ("4.4.7", "expired"),
)
_STATUSES = {"failed": "failed", "delayed": "sent", "relayed": "sent", "expanded": "sent", "delivered": "delivered"}


@dataclass(frozen=True, slots=True)
class Word:
    """What a report says of one recipient: `action` as RFC 3464 has it, `code` a key of the adapter's errors or empty."""

    action: str
    code: str = ""


def receipts_in(
    mail: Part, raw: bytes, leaves: Sequence[Leaf], own: OwnMail, bounced: UUID | None, at: datetime
) -> list[Receipt]:
    """What a report says of a message of ours; empty for a mail that is no report or is not about our mail.

    The original's Message-ID proves that it was ours; `bounced` is the message to whose own bounce address it came.
    """
    words = list(_complaint(leaves)) or list(_delivery_words(leaves)) or _heuristic(mail, raw, bounced)
    reference = _original(leaves, own) or bounced
    if not words or reference is None:
        return []
    provider_id = own.message_id(reference)
    receipts = [
        Receipt(provider_id=provider_id, status=_STATUSES[word.action], occurred_at=at, error_code=word.code, message=reference)
        for word in words
    ]
    return list(dict.fromkeys(receipts))


def is_report(mail: Part) -> bool:
    return content_type(mail) == "multipart/report"


def _delivery_words(leaves: Sequence[Leaf]) -> Iterator[Word]:
    """Per recipient, from the machine-readable part."""
    for leaf in leaves:
        if content_type(leaf.part) not in ("message/delivery-status", "message/global-delivery-status"):
            continue
        for block in _blocks(leaf.part):
            action = raw_value(block, "action").split("(")[0].strip().lower()
            if action in _STATUSES:
                yield Word(action, _code(action, raw_value(block, "status"), raw_value(block, "diagnostic-code")))


def _blocks(part: Part) -> list[Part]:
    """A status part's blocks of fields."""
    blocks = (one.strip() for one in re.split(rb"\r?\n[ \t]*\r?\n", content(part)[:MAX_STATUS]))
    return [read_headers(one + b"\n\n") for one in islice(filter(None, blocks), MAX_RECIPIENTS)]


def _code(action: str, status: str, diagnostic: str) -> str:
    """The error that a recipient's status means; none for what is no failure, a code of its own for a delay."""
    if action == "delayed":
        return "delayed"
    if action != "failed":
        return ""
    found = _STATUS.search(status)
    if found is None or found[0] in ("5.0.0", "4.0.0"):
        found = _STATUS.search(diagnostic[:500]) or found
    status = ".".join(found.groups()) if found else ""
    return code_of(status) or "bounced"


def code_of(status: str) -> str:
    """The error that an enhanced status code (RFC 3463) means; empty for one that says nothing to an agent."""
    return next((code for prefix, code in _CODES if status.startswith(prefix)), "")


def _complaint(leaves: Sequence[Leaf]) -> Iterator[Word]:
    """A recipient pressed “junk” (ARF, RFC 5965): the mail had arrived."""
    for leaf in leaves:
        if content_type(leaf.part) == "message/feedback-report":
            kind = raw_value(read_headers(content(leaf.part) + b"\n\n"), "feedback-type").strip().lower()
            if kind in ("abuse", "fraud", "virus", "other", "opt-out", ""):
                yield Word("delivered", "complaint")


def _original(leaves: Sequence[Leaf], own: OwnMail) -> UUID | None:
    """The message of ours that the report encloses, whole or by its headers, or quotes in its text."""
    for leaf in leaves:
        kind = content_type(leaf.part)
        named: list[str] = []
        if kind in _ORIGINALS:
            named = [raw_value(read_headers(content(leaf.part).lstrip() + b"\n\n"), "message-id")]
        elif kind == "message/delivery-status":
            named = [raw_value(block, "x-original-message-id") for block in _blocks(leaf.part)[:1]]
        elif kind in ("text/plain", "text/html"):
            named = _IN_TEXT.findall(content(leaf.part)[:200_000].decode("latin-1"))
        for one in named[:20]:
            reference = own_reference(normal_id(one), own.secret)
            if reference is not None:
                return reference
    return None


def _heuristic(mail: Part, raw: bytes, bounced: UUID | None) -> list[Word]:
    """What bounces in no standard form mean. Only asked of what came from a mail system or to a bounce address."""
    from_system = re.search(r"mailer-daemon|postmaster|mail delivery|mdaemon", raw_value(mail, "from"), re.IGNORECASE)
    if not (from_system or bounced or raw_value(mail, "return-path").strip() == "<>"):
        return []
    try:
        passing, lasting = all_failures(_sample(raw))
    except Exception:  # noqa: BLE001  # the detectors raise over mails that are not what they look for
        return []
    words = [Word("failed", "bounced") for _one in lasting] or [Word("delayed", "delayed") for _one in passing]
    return words[:1]


def _sample(raw: bytes) -> Message:
    """The mail's beginning, its lines cut: some detectors take cubic time on long lines (measured: minutes for 300 kB)."""
    return message_from_bytes(b"\n".join(line[:MAX_LINE] for line in raw[:MAX_SAMPLE].splitlines()))
