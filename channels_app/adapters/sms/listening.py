"""Messages that came while nobody could be told: Twilio does not repeat its webhooks, so they are looked up."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from channels_app.adapters.sms.api import Twilio
from channels_app.adapters.sms.sending import moment
from channels_app.contract import Envelope, InboxConfig, Post
from channels_app.json_fields import Fields

#: Seconds between two looks. The webhook is the usual way; this one only mends.
EVERY = 180.0
#: How far back the first look goes, and how much each later one overlaps the one before.
FIRST, OVERLAP = timedelta(hours=24), timedelta(minutes=10)


def listen(inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
    """Look up what came, until stopped. Raises ChannelError."""
    since = _since(cursor)
    while not is_stopped():
        begun = datetime.now(UTC)
        post(missed(inbox, Twilio(inbox), since), {"since": begun.isoformat()})
        since = begun - OVERLAP
        until = time.monotonic() + EVERY
        while time.monotonic() < until and not is_stopped():
            time.sleep(1)


def missed(inbox: InboxConfig, line: Twilio, since: datetime) -> list[Envelope]:
    """What came in since a moment, oldest first, under the keys that the webhook gives."""
    sender = str(inbox.settings.get("sender") or "")
    by_number = {} if sender.startswith("MG") else {"To": sender}
    listed = line.pages("/Messages", "messages", **by_number, **{"DateSent>": since.date().isoformat(), "PageSize": "100"})
    found = []
    for one in listed:
        at = moment(one.get("date_sent")) or moment(one.get("date_created"))
        is_of_service = not sender.startswith("MG") or one.get("messaging_service_sid") == sender
        if one.get("direction") == "inbound" and is_of_service and at is not None and at >= since:
            found.append((at, _envelope(one, at, line)))
    return [envelope for _at, envelope in sorted(found, key=lambda pair: pair[0])]


def message_key(sid: str) -> str:
    """The key of a message that came: the same by whichever way it came."""
    return f"in:{sid}"


def _envelope(found: Fields, at: datetime, line: Twilio) -> Envelope:
    sid, number = str(found.get("sid")), str(found.get("from"))
    params = {"MessageSid": sid, "From": number, "To": str(found.get("to")), "Body": str(found.get("body") or "")}
    params["NumSegments"] = str(found.get("num_segments") or "1")
    count = str(found.get("num_media") or "0")
    if count.isdecimal() and int(count):
        params |= _media(sid, line)
    return Envelope(message_key(sid), number, orjson.dumps({"at": int(at.timestamp()), "params": params}))


def _media(sid: str, line: Twilio) -> dict[str, str]:
    params: dict[str, str] = {}
    files = list(line.pages(f"/Messages/{sid}/Media", "media_list"))
    for index, one in enumerate(files):
        params[f"MediaUrl{index}"] = line.url_of(str(one.get("uri", "")).removesuffix(".json"))
        params[f"MediaContentType{index}"] = str(one.get("content_type") or "")
    return {**params, "NumMedia": str(len(files))}


def _since(cursor: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(cursor["since"])) - OVERLAP
    except (KeyError, ValueError):
        return datetime.now(UTC) - FIRST
