"""Webhooks of a page and of an Instagram account, made for tests."""

from typing import Any
from uuid import UUID

import orjson

from channels_app.adapters.instagram.adapter import ADAPTER as INSTAGRAM
from channels_app.adapters.messenger.adapter import ADAPTER as MESSENGER
from channels_app.contract import Adapter, InboxConfig, RawRequest
from channels_app.emulators.graph.signing import signature
from conversations.normalised import Normalised
from tests.channels_app.contract import request_of

WORKSPACE = UUID("018f0000-0000-7000-8000-000000000042")
PAGE, ACCOUNT, PERSON, APP, TOKEN = "300000000000001", "400000000000001", "7000000001", "900000000000001", "EAApage"
SECRET = "the-secret-of-the-pages-app"
PAGE_INBOX = InboxConfig(
    UUID("018f0000-0000-7000-8000-000000000041"),
    WORKSPACE,
    "me-inbox",
    {"page_id": PAGE, "page_name": "Terra", "token": TOKEN, "app_secret": SECRET, "verify_token": "of-the-inbox"},
    account=PAGE,
    source=APP,
)
LOGIN_APP, LOGIN_SECRET, LOGIN_TOKEN = "910000000000001", "the-secret-of-the-instagram-app", "IGAAaccount"
ACCOUNT_INBOX = InboxConfig(
    UUID("018f0000-0000-7000-8000-000000000043"),
    WORKSPACE,
    "ig-inbox",
    {
        "account_id": ACCOUNT,
        "username": "terra",
        "token": LOGIN_TOKEN,
        "app_secret": LOGIN_SECRET,
        "verify_token": "of-the-inbox",
    },
    account=ACCOUNT,
    source="ig",
)
AT = 1_760_000_000_000


def signed(body: bytes, secret: str = SECRET) -> RawRequest:
    return request_of(body, {"x-hub-signature-256": signature(secret, body)})


def webhook(*events: dict[str, Any], account: str = PAGE, about: str = "page", name: str = "messaging") -> bytes:
    """A webhook of one account with these events."""
    return orjson.dumps({"object": about, "entry": [{"id": account, "time": AT, name: list(events)}]})


def event(account: str = PAGE, *, by_account: bool = False, **what: Any) -> dict[str, Any]:
    """An event of a person, or of the account."""
    sides = (account, PERSON) if by_account else (PERSON, account)
    return {"sender": {"id": sides[0]}, "recipient": {"id": sides[1]}, "timestamp": AT, **what}


def text(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"mid": f"m_{number}", "text": f"Hello {number}", **more}


def on_page(*events: dict[str, Any], name: str = "messaging", inbox: InboxConfig = PAGE_INBOX) -> list[Normalised]:
    """What a page's webhook of these events says."""
    return _heard(MESSENGER, signed(webhook(*events, name=name)), inbox)


def on_instagram(*events: dict[str, Any], name: str = "messaging") -> list[Normalised]:
    """What an Instagram account's webhook of these events says."""
    body = webhook(*events, account=ACCOUNT, about="instagram", name=name)
    return _heard(INSTAGRAM, signed(body, LOGIN_SECRET), ACCOUNT_INBOX)


def _heard(adapter: Adapter, request: RawRequest, inbox: InboxConfig) -> list[Normalised]:
    return [one for envelope in adapter.verify(request, inbox) for one in adapter.parse(envelope.body, inbox)]
