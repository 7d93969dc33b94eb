"""Inboxes and mails for the tests of this folder."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from channels_app.adapters.email.envelope import Head, Verdict, stored_body
from channels_app.adapters.email.parse import Parsed, parse
from channels_app.contract import InboxConfig
from conversations.normalised import InboundMessage, Receipt

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
CONVERSATION = UUID("018f0000-0000-7000-8000-00000000c0de")
REFERENCE = UUID("018f0000-0000-7000-8000-00000000beef")
SECRET = "a secret of the tests' own inbox"
INBOX = InboxConfig(
    id=UUID("018f0000-0000-7000-8000-000000000001"),
    workspace_id=UUID("018f0000-0000-7000-8000-000000000002"),
    key="shop-mail",
    settings={
        "address": "help@shop.example",
        "aliases": ["sales@shop.example"],
        "receive": "mailbox",
        "reply_secret": SECRET,
        "hook_secret": "open-sesame",
    },
)
UNPROVEN = Verdict("none", "unproven", "customer.example")


def inbox_with(**settings: Any) -> InboxConfig:
    """The inbox with other settings."""
    return replace(INBOX, settings={**INBOX.settings, **settings})


def make_mail(*fields: str, body: str = "Hello, is the blue bowl still there?", **named: str) -> bytes:
    """A plain mail of a customer's; `named` replaces fields (an empty text leaves one out), `fields` are added as they are."""
    known = {
        "From": "Zoë <zoe@customer.example>",
        "To": "help@shop.example",
        "Subject": "The blue bowl",
        "Date": "Fri, 20 Nov 2026 11:00:00 +0000",
        "Message-ID": "<one@customer.example>",
    }
    known |= {name.replace("_", "-"): value for name, value in named.items()}
    lines = [f"{name}: {value}" for name, value in known.items() if value]
    return "\r\n".join([*lines, *fields, "", body.replace("\n", "\r\n")]).encode("utf-8", "surrogateescape")


def make_multipart(kind: str, *parts: str, **named: str) -> bytes:
    """A mail of several parts, each given with its own headers."""
    inner = "\n".join(f"--edge\n{part}" for part in parts)
    return make_mail(
        f'Content-Type: multipart/{kind}; boundary="edge"', "MIME-Version: 1.0", body=f"{inner}\n--edge--\n", **named
    )


def parsed(raw: bytes, inbox: InboxConfig = INBOX, **head: Any) -> Parsed:
    """What the reader makes of a mail that came to the inbox just now."""
    known: Mapping[str, Any] = {"received_at": AT, "source": "test", "verdict": UNPROVEN, **head}
    return parse(stored_body(Head(**known), raw), inbox)


def message_of(raw: bytes, inbox: InboxConfig = INBOX, **head: Any) -> InboundMessage:
    """The one message of a mail; fails when it became anything else."""
    [event] = parsed(raw, inbox, **head).events
    assert isinstance(event, InboundMessage)
    return event


def receipts_of(raw: bytes, inbox: InboxConfig = INBOX, **head: Any) -> Sequence[Receipt]:
    """The receipts of a report; fails when it became anything else."""
    events = [event for event in parsed(raw, inbox, **head).events if isinstance(event, Receipt)]
    assert events
    return events
