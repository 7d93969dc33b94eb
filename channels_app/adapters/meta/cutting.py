"""A webhook cut into its events, one envelope each: Meta puts events of several accounts and people into one POST.

An event's key is made of the ids that Meta repeats with it, so that it stays one event when it comes again in another
batch. `account` is the account that the entry is of: the intake finds the inbox by it. The envelope's body is JSON of our
own: the event with what else the webhook says of it.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from channels_app.adapters.meta.fields import ident
from channels_app.contract import Envelope, RefusedError
from channels_app.json_fields import Fields, part, parts

#: Beside the event, set at intake: some events tell no time.
RECEIVED_AT = "received_at"
#: A character beyond 16 bits as JSON escapes it, or a half of one.
_HALVES = re.compile(rb"(?P<whole>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})|\\u[dD][89a-fA-F][0-9a-fA-F]{2}")


@dataclass(frozen=True, slots=True)
class Piece:
    """One event: whose account it is of, the parts of its key, whose line it stands in, and what is kept of it."""

    account: str
    key: tuple[str, ...]
    sender: str
    event: Mapping[str, Any]


type Cutter = Callable[[Fields], Iterable[Piece]]


def cut(body: bytes, cutters: Mapping[str, Cutter]) -> list[Envelope]:
    """The events of a webhook, by the `object` it is about. Raises RefusedError for what is no webhook of these objects."""
    said = _object(body)
    cutter = cutters.get(str(said.get("object")))
    if cutter is None or not isinstance(said.get("entry"), list):
        raise RefusedError(400, "malformed", "This is no webhook of this channel.")
    now = int(time.time())
    try:
        return [_envelope(piece, now) for entry in parts(said, "entry") for piece in cutter(entry)]
    except TypeError as error:  # nested deeper than JSON is written: nothing of Meta's is
        raise RefusedError(400, "malformed", "This is nested too deeply.") from error


def messaging_pieces(entry: Fields) -> Iterable[Piece]:
    """The events of a page's or an Instagram account's entry; `event["list"]` tells where each stood.

    They stand in the line of the person, who is the recipient of what the account itself wrote.
    """
    account = ident(entry, "id", 64)
    for name in ("messaging", "standby"):
        for found in parts(entry, name):
            yield Piece(account, _messaging_key(found), person_of(found, account), {"list": name, "event": found})
    for found in parts(entry, "changes"):
        value = part(found, "value")
        key = (ident(found, "field", 64), ident(value, "id") or digest(found))
        yield Piece(account, key, ident(part(value, "from"), "id", 64) or "none", {"list": "changes", "event": found})


def person_of(event: Fields, account: str) -> str:
    """The person of an event between them and an account; `none` where nobody is named."""
    ids = [ident(part(event, name), "id", 64) for name in ("sender", "recipient")]
    return next((one for one in ids if one and one != account), "none")


def digest(value: object) -> str:
    """A name for a value that has none: the same for the same JSON, however it was written."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]


def _messaging_key(event: Fields) -> tuple[str, ...]:
    """A message's own id; Meta signs a file's address anew whenever it repeats its message. Else the whole event."""
    message = part(event, "message")
    mid = ident(message, "mid")
    if not mid:
        return ("event", digest(event))
    return ("deleted" if message.get("is_deleted") is True else "message", mid)


def _object(body: bytes) -> Fields:
    """A webhook's object, empty for what is none. People's apps cut texts within a character: half ones are mended."""
    for text in (body, None):
        try:
            said = orjson.loads(_HALVES.sub(_mended, body) if text is None else text)
        except ValueError:
            continue
        return said if isinstance(said, dict) else {}
    return {}


def _mended(found: re.Match[bytes]) -> bytes:
    return found[0] if found["whole"] else b"\\ufffd"


def _envelope(piece: Piece, now: int) -> Envelope:
    key = ":".join((piece.account, *piece.key))
    body = orjson.dumps({RECEIVED_AT: now, "account": piece.account, **piece.event})
    return Envelope(key=key, sender=piece.sender[:180] or "none", body=body, account=piece.account)
