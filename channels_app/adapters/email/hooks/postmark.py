"""Postmark's inbound stream: JSON with the raw mail in `RawEmail`. Nothing is signed; the password is all the proof there is."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from channels_app.adapters.email.envelope import Head, known_addresses, mail_envelope
from channels_app.adapters.email.hooks.access import check_caller, check_type
from channels_app.adapters.email.hooks.records import records_for
from channels_app.contract import Envelope, InboxConfig, RawRequest, RefusedError

#: Postmark tries ten times over half a day after anything but 200 and this one.
STOP = 403


def verify(request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
    """The mail of one request. Raises RefusedError, ProofMissingError."""
    check_caller(request, inbox)
    check_type(request, "application/json", status=STOP)
    said = _said(request.body)
    given = said.get("RawEmail")
    if not isinstance(given, str) or not given:
        # Not STOP: while somebody ticks the box, Postmark comes back with the mail.
        raise RefusedError(400, "no_mail", "Choose “Include raw email content in JSON payload” in Postmark.")
    raw = given.encode("utf-8", "replace")
    head = Head(
        received_at=datetime.now(UTC),
        source="postmark",
        recipients=known_addresses([str(said.get("OriginalRecipient") or "")]),
        texts=records_for(raw),
    )
    name = said.get("MessageID")
    return [mail_envelope(raw, head, key=f"postmark:{name[:100]}" if isinstance(name, str) and name else "")]


def _said(body: bytes) -> dict[str, Any]:
    try:
        said = orjson.loads(body)
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise RefusedError(STOP, "malformed", "This is not an inbound message of Postmark.")
    return said
