"""Sending a text and files by Twilio, and finding out whether an uncertain send arrived."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from channels_app.adapters.sms.api import Twilio
from channels_app.adapters.sms.parse import can_answer
from channels_app.contract import ChannelError, InboxConfig, Outgoing, Sent
from channels_app.json_fields import Fields

MAX_TEXT, MAX_FILES, MAX_FILE = 1600, 10, 5 * 1024 * 1024
#: Clocks differ, and a send is listed by when it was made there.
_BEFORE = timedelta(seconds=30)


def send(outgoing: Outgoing, inbox: InboxConfig, line: Twilio) -> Sent:
    """Hand a message to Twilio, which queues it. Raises ChannelError."""
    _check(outgoing)
    form = [("To", outgoing.to), sender_field(inbox), ("StatusCallback", str(inbox.settings.get("hook_url") or ""))]
    if outgoing.text:
        form.append(("Body", outgoing.text))
    form += [("MediaUrl", file.link()) for file in outgoing.files]
    found = line.post("/Messages", [(name, value) for name, value in form if value])
    sid = str(found.get("sid") or "")
    if not sid:
        raise ChannelError("unconfirmed", is_ambiguous=True)
    return Sent(provider_id=sid)


def find(outgoing: Outgoing, line: Twilio) -> Sent | None:
    """The one message to this recipient with this text since ours was written; None where there is none or not one."""
    since = _written_at(outgoing) - _BEFORE
    listed = line.pages("/Messages", "messages", To=outgoing.to, **{"DateSent>": since.date().isoformat(), "PageSize": "100"})
    found = [one for one in listed if one.get("body") == outgoing.text and _is_ours(one, since, len(outgoing.files))]
    return Sent(provider_id=str(found[0]["sid"])) if len(found) == 1 else None


def sender_field(inbox: InboxConfig) -> tuple[str, str]:
    """The field that names who sends: a number, or a messaging service."""
    sender = str(inbox.settings.get("sender") or "")
    return ("MessagingServiceSid" if sender.startswith("MG") else "From", sender)


def _check(outgoing: Outgoing) -> None:
    if not can_answer(outgoing.to):
        raise ChannelError("no_reply", permanent=True)
    if not outgoing.text and not outgoing.files:
        raise ChannelError("empty", permanent=True)
    if len(outgoing.text) > MAX_TEXT:
        raise ChannelError("too_long", permanent=True)
    if len(outgoing.files) > MAX_FILES:
        raise ChannelError("too_many_files", permanent=True)
    if sum(file.size for file in outgoing.files) > MAX_FILE:
        raise ChannelError("file_too_large", permanent=True)


def _written_at(outgoing: Outgoing) -> datetime:
    """When the message was written: its id begins with that, in milliseconds."""
    return datetime.fromtimestamp((outgoing.reference.int >> 80) / 1000, UTC)


def _is_ours(found: Fields, since: datetime, files: int) -> bool:
    if not str(found.get("direction", "")).startswith("outbound") or str(found.get("num_media") or "0") != str(files):
        return False
    made = moment(found.get("date_created"))
    return made is not None and made >= since


def moment(value: object) -> datetime | None:
    """A time of the API (RFC 2822), None for none."""
    try:
        return parsedate_to_datetime(str(value)) if value else None
    except ValueError:
        return None
