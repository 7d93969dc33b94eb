"""From a stored event to normalised ones. Pure.

What the platform tells that nobody said (changed identities of encryption, kinds of news that do not exist yet) makes
nothing; the event keeps it whole.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from channels_app.adapters.meta.cutting import RECEIVED_AT
from channels_app.adapters.meta.fields import ident, moment, needed, number, reference
from channels_app.adapters.whatsapp.accounts import account_events, digits_of
from channels_app.adapters.whatsapp.content import content_of, product_of, referral_of
from channels_app.adapters.whatsapp.cutting import AUTHOR, RECIPIENT, STATUS_OF
from channels_app.adapters.whatsapp.errors import code_of
from channels_app.adapters.whatsapp.people import NAMES, sender_of, values_in
from channels_app.content import Content
from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import (
    AddressChanged,
    ConsentChanged,
    Echo,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Normalised,
    ReactionChanged,
    Receipt,
    Sender,
)

#: What the platform says of an outbound message. A voice message is `played` after it is read.
STATUSES = {"sent": "sent", "delivered": "delivered", "read": "read", "played": "read", "failed": "failed"}
#: The platform's code for somebody who wants no offers and news.
STOPPED_MARKETING = 131050
#: Files of past messages are sent on for so many seconds; of older ones only their place is kept.
PAST_FILES = 14 * 24 * 3600
_CHANGED = re.compile(r"from (?P<old>[A-Z]{2}\.[A-Za-z0-9.]+) to (?P<new>[A-Z]{2}\.[A-Za-z0-9.]+)")


def parse(body: bytes, settings: Mapping[str, Any]) -> Sequence[Normalised]:
    """The normalised events of one stored event. Raises UnparsableError."""
    try:
        event = orjson.loads(body)
    except ValueError:
        raise UnparsableError("An event that is no JSON") from None
    if not isinstance(event, dict):
        raise UnparsableError("An event that is no object")
    try:
        for name, read in _READERS.items():
            if name in event:
                return read(part(event, name), event)
        value = {"timestamp": event.get(RECEIVED_AT), **part(event, "value")}  # some news tell no time
        return account_events(words(event, "field", 64), value, settings)
    except (ArithmeticError, OSError, TypeError, ValueError) as error:
        raise UnparsableError(f"{type(error).__name__} in an event") from error


def _message(message: Fields, event: Fields) -> Sequence[Normalised]:
    sender = sender_of(message, AUTHOR, parts(event, "contacts"))
    read = _ACTS.get(words(message, "type", 64))
    if read is not None:
        return read(message, event, sender)
    if "errors" not in message and parts(event, "errors"):
        message = {**message, "errors": event["errors"]}
    return [_said(message, sender, content_of(message))]


def _said(message: Fields, sender: Sender, content: Content) -> InboundMessage:
    return InboundMessage(
        sender=sender,
        provider_id=needed(message, "id"),
        occurred_at=moment(message, "timestamp"),
        text=content.text,
        content_type=content.content_type,
        data=_facts(message, content),
        reply_to=ident(part(message, "context"), "id"),
        files=content.files,
    )


def _facts(message: Fields, content: Content) -> dict[str, Any]:
    """What is not text: the content's own facts, and how the message came."""
    context = part(message, "context")
    often = "frequently" if context.get("frequently_forwarded") is True else ""
    forwarded = often or ("once" if context.get("forwarded") is True else "")
    facts: dict[str, Any] = {
        "forwarded_from": {"kind": forwarded} if forwarded else {},
        "referral": referral_of(message),
        "product": product_of(message),
    }
    return {**content.data, **{name: value for name, value in facts.items() if value}}


def _reaction(message: Fields, event: Fields, sender: Sender) -> Sequence[Normalised]:
    """An emoji that is empty or missing takes the reaction back."""
    found = part(message, "reaction")
    return [ReactionChanged(sender, needed(found, "message_id"), words(found, "emoji", 32), moment(message, "timestamp"))]


def _edited(message: Fields, event: Fields, sender: Sender) -> Sequence[Normalised]:
    found = part(message, "edit")
    text = content_of(part(found, "message")).text
    return [MessageEdited(sender, needed(found, "original_message_id"), text, moment(message, "timestamp"))]


def _revoked(message: Fields, event: Fields, sender: Sender) -> Sequence[Normalised]:
    original = needed(part(message, "revoke"), "original_message_id")
    return [MessageDeleted(sender, original, moment(message, "timestamp"))]


def _welcome(message: Fields, event: Fields, sender: Sender) -> Sequence[Normalised]:
    """Somebody opened the chat and wrote nothing yet: nobody is woken."""
    return [replace(_said(message, sender, Content("request_welcome", "👋")), is_automatic=True)]


def _system(message: Fields, event: Fields, sender: Sender) -> Sequence[Normalised]:
    """Somebody changed their number, or their id with it."""
    found = part(message, "system")
    if words(found, "type", 64) not in ("user_changed_number", "customer_changed_number", "user_changed_user_id"):
        return []
    new = values_in(found, ("user_id", "wa_id", "new_wa_id", "parent_user_id"))
    new = [one for one in new if one not in (sender.value, *sender.also)]
    return [AddressChanged(sender, new[0], moment(message, "timestamp"), tuple(new[1:]))] if new else []


_ACTS: dict[str, Callable[[Fields, Fields, Sender], Sequence[Normalised]]] = {
    "reaction": _reaction,
    "edit": _edited,
    "revoke": _revoked,
    "request_welcome": _welcome,
    "system": _system,
}


def _message_or_change(message: Fields, event: Fields) -> Sequence[Normalised]:
    """A message; the news that an id changed may name its person in words only."""
    changed = _CHANGED.search(words(part(message, "system"), "body", 1024))
    if changed and not values_in(message, AUTHOR):
        return _message({**message, "from_user_id": changed["old"]}, event)
    return _message(message, event)


def _status(status: Fields, event: Fields) -> Sequence[Normalised]:
    said = STATUSES.get(words(status, "status", 32))
    if said is None:
        return []
    at, codes = moment(status, "timestamp"), [number(one, "code") for one in parts(status, "errors")]
    receipt = Receipt(
        provider_id=needed(status, "id"),
        status=said,
        occurred_at=at,
        error_code=code_of(codes[0] if codes else None) if said == "failed" else "",
        message=reference(status, "biz_opaque_callback_data"),
    )
    if STOPPED_MARKETING in codes and values_in(status, STATUS_OF):
        return [receipt, ConsentChanged(sender_of(status, STATUS_OF, parts(event, "contacts")), "marketing", False, at)]
    return [receipt]


def _echo(message: Fields, event: Fields) -> Sequence[Normalised]:
    """The company wrote on its phone, or changed or took back there what it had written."""
    to = sender_of(message, RECIPIENT, parts(event, "contacts"))
    at, kind = moment(message, "timestamp"), words(message, "type", 64)
    if kind == "edit":
        found = part(message, "edit")
        text = content_of(part(found, "message")).text
        return [MessageEdited(to, needed(found, "original_message_id"), text, at, by_company=True)]
    if kind == "revoke":
        return [MessageDeleted(to, needed(part(message, "revoke"), "original_message_id"), at, by_company=True)]
    if kind in _ACTS:  # the company's own reactions are no words to the customer
        return []
    return [_echoed(message, to)]


def _echoed(message: Fields, to: Sender, *, is_past: bool = False) -> Echo:
    content = content_of(message)
    return Echo(
        to=to,
        provider_id=needed(message, "id"),
        occurred_at=moment(message, "timestamp"),
        text=content.text,
        content_type=content.content_type,
        data=_facts(message, content),
        files=content.files,
        reply_to=ident(part(message, "context"), "id"),
        is_past=is_past,
    )


def _past(message: Fields, event: Fields) -> Sequence[Normalised]:
    """A message from before the number was connected here.

    Where a file was, a placeholder comes first and the file, of the last fourteen days, in a later webhook: the
    placeholder of a file that will follow makes nothing, so that the message with the file is the only one.
    """
    kind, at = words(message, "type", 64), moment(message, "timestamp")
    follows = number(event, RECEIVED_AT) - at.timestamp() < PAST_FILES
    if kind in _ACTS or (kind == "media_placeholder" and follows):
        return []
    person, contacts = part(event, "person"), parts(event, "contacts")
    if digits_of(ident(message, "from", 32)) == digits_of(words(event, "own", 32)):
        to = sender_of({**message, **person}, (*RECIPIENT, *(("from", *NAMES) if person else ())), contacts)
        return [_echoed(message, to, is_past=True)]
    sender = sender_of({**message, **person}, (*AUTHOR, *NAMES), contacts)
    return [replace(_said(message, sender, content_of(message)), is_past=True)]


_READERS: dict[str, Callable[[Fields, Fields], Sequence[Normalised]]] = {
    "message": _message_or_change,
    "status": _status,
    "echo": _echo,
    "past": _past,
}
