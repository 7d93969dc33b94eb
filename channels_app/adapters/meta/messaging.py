"""From a stored event of a page or an Instagram account to normalised ones. Pure.

What nobody said and nothing follows from makes nothing: who owns a thread, that an account was linked, somebody's wish to
be told of news, echoes of the account's own reactions. The event keeps it whole.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from channels_app.adapters.meta.comments import comment_events
from channels_app.adapters.meta.cutting import RECEIVED_AT, digest
from channels_app.adapters.meta.fields import ident, moment, needed, number, reference
from channels_app.adapters.meta.messaging_content import content_of, product_of, referral_of
from channels_app.content import Content
from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields, part, words
from conversations.normalised import (
    AccountNotice,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Normalised,
    ReactionChanged,
    Receipt,
    SeenUntil,
    Sender,
)

KIND = "channel"
#: The names of reactions that come without their sign.
_SIGNS = {"smile": "😆", "angry": "😡", "sad": "😢", "wow": "😮", "love": "❤️", "like": "👍", "dislike": "👎"}


@dataclass(frozen=True, slots=True)
class Happening:
    """An event between an account and a person. `is_standby`: another app answers the person at the moment."""

    event: Fields
    account: str
    at: datetime
    is_standby: bool = False

    @property
    def sender(self) -> Sender:
        """The person, whichever side they are on. Raises UnparsableError when nobody but the account is named."""
        found = [one for one in (_id(self.event, "sender"), _id(self.event, "recipient")) if one and one != self.account]
        if not found:
            raise UnparsableError("Nobody is named")
        return Sender(kind=KIND, value=found[0])

    @property
    def is_by_account(self) -> bool:
        """Whether the account itself did it."""
        return _id(self.event, "sender") == self.account


def parse(body: bytes) -> Sequence[Normalised]:
    """The normalised events of one stored event. Raises UnparsableError."""
    try:
        stored = orjson.loads(body)
    except ValueError:
        raise UnparsableError("An event that is no JSON") from None
    if not isinstance(stored, dict) or not isinstance(stored.get("event"), dict):
        raise UnparsableError("An event that is no object")
    try:
        return _events(stored)
    except (ArithmeticError, OSError, TypeError, ValueError) as error:
        raise UnparsableError(f"{type(error).__name__} in an event") from error


def _events(stored: Fields) -> Sequence[Normalised]:
    event, account, received = part(stored, "event"), ident(stored, "account", 64), moment(stored, RECEIVED_AT)
    if stored.get("list") == "changes":
        value = part(event, "value")
        if "sender" not in value:  # else the test button of the app's page, which sends an event as a change
            return comment_events(words(event, "field", 64), value, account, received)
        event = value
    at = moment(event, "timestamp") if event.get("timestamp") else received
    found = Happening(event, account, at, is_standby=stored.get("list") == "standby")
    for name, read in _READERS.items():
        if isinstance(event.get(name), dict):
            return read(part(event, name), found)
    return []


def _message(message: Fields, found: Happening) -> Sequence[Normalised]:
    if message.get("is_self") is True:  # the account wrote to itself
        return []
    is_ours = message.get("is_echo") is True or found.is_by_account
    mid = needed(message, "mid")
    if message.get("is_deleted") is True:
        return [MessageDeleted(found.sender, mid, found.at, by_company=is_ours)]
    own = reference(message, "metadata") if is_ours else None
    if own is not None:
        return [Receipt(provider_id=mid, status="sent", occurred_at=found.at, message=own)]
    content, reply_to = content_of(message, found.at), ident(part(message, "reply_to"), "mid")
    if is_ours:
        return [
            Echo(found.sender, mid, found.at, content.text, content.content_type, content.data, content.files, reply_to=reply_to)
        ]
    return [_said(found, mid, content, reply_to, referral=part(message, "referral"))]


def _said(found: Happening, mid: str, content: Content, reply_to: str = "", **more: Any) -> InboundMessage:
    """Something that a person said. While another app answers them it wakes nobody (docs/adr/0032-standby.md)."""
    referral: Fields = more.get("referral") or {}
    facts = {"referral": referral_of(referral), "product": product_of(referral), "standby": found.is_standby}
    return InboundMessage(
        sender=found.sender,
        provider_id=mid,
        occurred_at=found.at,
        text=content.text,
        content_type=content.content_type,
        data={**content.data, **{name: value for name, value in facts.items() if value}},
        reply_to=reply_to,
        files=content.files,
        is_automatic=found.is_standby or bool(more.get("is_automatic")),
    )


def _edited(edit: Fields, found: Happening) -> Sequence[Normalised]:
    text = words(edit, "text")
    return [MessageEdited(found.sender, needed(edit, "mid"), text, found.at, by_company=found.is_by_account)]


def _reaction(reaction: Fields, found: Happening) -> Sequence[Normalised]:
    """A person's reaction; the account's own come back too, and make nothing."""
    mid = needed(reaction, "mid")
    if found.is_by_account:
        return []
    sign = words(reaction, "emoji", 32) or _SIGNS.get(words(reaction, "reaction", 32), "👍")
    return [ReactionChanged(found.sender, mid, "" if words(reaction, "action", 16) == "unreact" else sign, found.at)]


def _delivered(delivery: Fields, found: Happening) -> Sequence[Normalised]:
    """Which messages were delivered: some by their ids, and all until a moment. Which of the two come is not promised."""
    mids = delivery.get("mids")
    named = [str(one) for one in mids if isinstance(one, str) and one][:500] if isinstance(mids, list) else []
    receipts = [Receipt(provider_id=mid, status="delivered", occurred_at=found.at) for mid in named]
    return [*receipts, *_until("delivered", delivery, found)]


def _read(read: Fields, found: Happening) -> Sequence[Normalised]:
    """That a person read: on a page all until a moment, on Instagram one message."""
    if mid := ident(read, "mid"):
        return [Receipt(provider_id=mid, status="read", occurred_at=found.at)]
    return _until("read", read, found)


def _until(status: str, value: Fields, found: Happening) -> list[Normalised]:
    if number(value, "watermark") <= 0:
        return []
    return [SeenUntil(found.sender, status, moment(value, "watermark"), found.at)]


def _postback(postback: Fields, found: Happening) -> Sequence[Normalised]:
    """Somebody pressed a button, the menu or an opening question. To who stands by, its payload is not told."""
    title, payload = words(postback, "title", 256), words(postback, "payload", 1024)
    mid = ident(postback, "mid") or f"postback:{digest(found.event)}"
    content = Content("button", title or payload, {"button": {"text": title or payload[:256], "data": payload}})
    return [_said(found, mid, content, referral=part(postback, "referral"))]


def _referral(referral: Fields, found: Happening) -> Sequence[Normalised]:
    """Somebody came by a link or an advertisement, and said nothing yet: nobody is woken."""
    known = referral_of(referral)
    content = Content("referral", f"↗ {known.get('headline') or known.get('ref') or known.get('source') or ''}".strip())
    return [_said(found, f"referral:{digest(found.event)}", content, referral=referral, is_automatic=True)]


def _policy(enforcement: Fields, found: Happening) -> Sequence[Normalised]:
    """Meta warned the page, took its messages away or gave them back."""
    action, reason = words(enforcement, "action", 32), words(enforcement, "reason", 200)
    is_free = action in ("unblock", "")
    facts = {"restriction": "–" if is_free else action, "violation": "–" if is_free else reason or "–"}
    return [AccountNotice(facts, "page_blocked" if action == "block" else "")]


_READERS: dict[str, Callable[[Fields, Happening], Sequence[Normalised]]] = {
    "message": _message,
    "message_edit": _edited,
    "reaction": _reaction,
    "delivery": _delivered,
    "read": _read,
    "postback": _postback,
    "referral": _referral,
    "policy_enforcement": _policy,
}


def _id(event: Fields, name: str) -> str:
    return ident(part(event, name), "id", 64) or ident(event, name, 64)
