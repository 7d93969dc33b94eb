"""What Twilio tells: a message that came, or how one of ours fares."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
import phonenumbers

from channels_app.adapters.sms.errors import meaning_of
from channels_app.contract import UnparsableError
from channels_app.phones import other_forms
from conversations.normalised import Claim, ConsentChanged, InboundMessage, Normalised, Receipt, RemoteFile, Sender

MAX_FILES = 10
#: Words that carriers take for a wish besides those that everybody does (channels.md, 7.1). Twilio acts on them too.
CARRIER_STOP = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
CARRIER_START = frozenset({"START", "YES", "UNSTOP"})
#: What a status of Twilio's is here. Others tell only that it is under way.
_STATUSES = {
    "sent": "sent", "delivered": "delivered", "read": "read",
    "undelivered": "failed", "failed": "failed", "canceled": "failed",
}  # fmt: skip

type Params = dict[str, Any]


def parse(body: bytes) -> Sequence[Normalised]:
    """The events of a stored webhook. Raises UnparsableError."""
    try:
        stored = orjson.loads(body)
        params, at = stored["params"], datetime.fromtimestamp(stored["at"], UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError) as error:
        raise UnparsableError("This is no stored webhook.") from error
    if not isinstance(params, dict) or not all(isinstance(one, str) for one in params.values()):
        raise UnparsableError("The parameters are no texts.")
    return _status(params, at) if is_status(params) else _message(params, at)


def is_status(params: Params) -> bool:
    """Whether a webhook tells how a message of ours fares."""
    return bool(params.get("MessageStatus") or params.get("SmsStatus")) and params.get("SmsStatus") != "received"


def sender_of(number: str) -> Sender:
    """Who a number is: itself, and its other forms. Anybody can make up a number, so it proves nothing."""
    claims = (Claim("phone", number),) if number.startswith("+") else ()
    return Sender("channel", number, name=_readable(number), also=other_forms(number), claims=claims)


def _readable(number: str) -> str:
    """A number as people write it: it is all that is known of who writes."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number[:120]


def can_answer(number: str) -> bool:
    """Whether a sender is a number that takes answers, not a name or a short code."""
    return number.startswith("+") and number[1:].isdecimal() and len(number) >= 8


def _message(params: Params, at: datetime) -> list[Normalised]:
    sid, number = params.get("MessageSid") or params.get("SmsSid") or "", params.get("From", "").strip()
    if not sid or not number:
        raise UnparsableError("It has no id or no sender.")
    sender, text = sender_of(number), _text(params)
    data: dict[str, Any] = {} if can_answer(number) else {"no_reply": True}
    if place := ", ".join(filter(None, (params.get("FromCity"), params.get("FromState"), params.get("FromCountry")))):
        data["place"] = place
    files = tuple(_files(params))
    said: list[Normalised] = [InboundMessage(sender, sid, at, text=text, data=data, files=files)]
    wish = _wish(params, text)
    if wish is not None:
        said.append(ConsentChanged(sender, "messages", is_given=wish, occurred_at=at))
    return said


def _status(params: Params, at: datetime) -> list[Normalised]:
    sid, status = params.get("MessageSid") or params.get("SmsSid") or "", _STATUSES.get(params.get("MessageStatus", ""))
    if not sid:
        raise UnparsableError("It names no message.")
    if status is None:
        return []
    code = params.get("ErrorCode", "")
    meaning = meaning_of(int(code)) if code.isdecimal() and len(code) < 7 else None
    error = meaning.code if meaning else "canceled" if params["MessageStatus"] == "canceled" else "carrier_failed"
    said: list[Normalised] = [Receipt(sid, status, at, error_code=error if status == "failed" else "")]
    if meaning and meaning.opts_out and params.get("To"):
        said.append(ConsentChanged(sender_of(params["To"]), "messages", is_given=False, occurred_at=at))
    return said


def _wish(params: Params, text: str) -> bool | None:
    """What the sender wishes by Twilio's own word, or by a carrier's."""
    told = params.get("OptOutType", "").upper()
    word = text.strip().strip(".!").upper()
    if told == "STOP" or word in CARRIER_STOP:
        return False
    # A bare yes is an answer to us unless Twilio says that it was taken for a wish.
    if told == "START" or word in CARRIER_START - {"YES"}:
        return True
    return None


def _files(params: Params) -> list[RemoteFile]:
    count = params.get("NumMedia", "0")
    number = min(int(count), MAX_FILES) if count.isdecimal() and len(count) < 4 else 0
    found = []
    for index in range(number):
        url, kind = params.get(f"MediaUrl{index}", ""), params.get(f"MediaContentType{index}", "")
        if url:
            found.append(RemoteFile({"url": url}, name=_name(kind, index), content_type=kind))
    return found


def _name(kind: str, index: int) -> str:
    ending = kind.partition("/")[2].partition("+")[0].replace("jpeg", "jpg") or "bin"
    return f"file-{index + 1}.{ending[:12]}"


def _text(params: Params) -> str:
    """The text; long messages sometimes come as base64 of UTF-8, marked as such by nothing but their look."""
    body = str(params.get("Body", ""))
    segments = params.get("NumSegments", "1")
    if not segments.isdecimal() or int(segments[:4] or 0) < 2 or len(body) < 160 or len(body) % 4 or " " in body:
        return body
    try:
        plain = base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        return body
    return plain if all(one.isprintable() or one in "\n\r\t" for one in plain) else body
