"""Sending a message: first what calls it takes (pure), then the calls, one after another within a time.

A message of ours becomes several there when its text is longer than 4096 units, when a caption is longer than 1024
(the text follows), or when its files are no one album. What fails before the first call has arrived is as if nothing had
been sent; after that the rest is tried again for a while, and what still fails is told as partly sent: a retry as a whole
would send the first part twice.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

import orjson

from channels_app.adapters.telegram import media
from channels_app.adapters.telegram.addresses import Address, address_of
from channels_app.adapters.telegram.api import Bot
from channels_app.adapters.telegram.buttons import keyboard_of
from channels_app.adapters.telegram.entities import Formatted, entities_of, utf16_length
from channels_app.adapters.telegram.markup import formatted
from channels_app.adapters.telegram.splitting import split
from channels_app.calling import Upload
from channels_app.contract import ChannelError, Outgoing, OutgoingFile, Sent
from channels_app.several import BUDGET, following

MAX_TEXT = 4096
MAX_CAPTION = 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its method, parameters, files by form field, and whether it carries the message's text."""

    method: str
    params: Mapping[str, Any]
    files: Mapping[str, OutgoingFile] = field(default_factory=dict)
    has_text: bool = False


def send(outgoing: Outgoing, bot: Bot) -> Sent:
    """Send a message. Raises ChannelError."""
    address = address_of(outgoing.to, bot.id)
    calls = plan(outgoing, address)
    ends_at = time.monotonic() + BUDGET
    numbers: list[int] = []
    main, at = 0, None
    for call in calls:
        found = _do(call, bot) if not numbers else following(partial(_do, call, bot), ends_at)
        messages = found if isinstance(found, list) else [found]
        if call.has_text and not main:
            main = _number(messages[0])
        numbers += [_number(one) for one in messages]
        at = at or _date(messages[0])
    main = main or numbers[0]
    others = [address.message(one) for one in numbers if one != main]
    return Sent(address.message(main), occurred_at=at, more_ids=others)


def plan(outgoing: Outgoing, address: Address) -> list[Call]:
    """The calls that a message takes, in order. Raises ChannelError for what cannot be sent at all."""
    text, keyboard = formatted(outgoing.text), keyboard_of(outgoing.data)
    groups = media.batches(outgoing.files)
    is_caption = len(groups) == 1 and utf16_length(text.text) <= MAX_CAPTION and not (keyboard and len(groups[0]) > 1)
    calls = [_files(group, text if is_caption else Formatted("")) for group in groups]
    if not (is_caption and calls):
        calls += [_text(one) for one in split(text, MAX_TEXT)]
    if not calls:
        raise ChannelError("empty", permanent=True)
    if keyboard and calls[-1].method == "sendMediaGroup":
        raise ChannelError("bad_button", permanent=True)
    first, last = _reply(outgoing, address), {"reply_markup": keyboard} if keyboard else {}
    calls[0] = replace(calls[0], params={**calls[0].params, **first})
    calls[-1] = replace(calls[-1], params={**calls[-1].params, **last})
    return [replace(one, params={**where(address), **one.params}) for one in calls]


def where(address: Address) -> dict[str, Any]:
    """The parameters that name a chat."""
    return {"chat_id": address.chat, **({"business_connection_id": address.connection} if address.connection else {})}


def texts(text: Formatted, name: str = "text", entities: str = "entities") -> dict[str, Any]:
    """The parameters of a formatted text."""
    return {name: text.text, **({entities: entities_of(text)} if text.spans else {})}


def _reply(outgoing: Outgoing, address: Address) -> dict[str, Any]:
    number = address.number_of(outgoing.reply_to) if outgoing.reply_to else None
    return {"reply_parameters": {"message_id": number, "allow_sending_without_reply": True}} if number else {}


def _text(text: Formatted) -> Call:
    return Call("sendMessage", texts(text), has_text=True)


def _files(files: Sequence[OutgoingFile], text: Formatted) -> Call:
    caption = texts(text, "caption", "caption_entities") if text.text.strip() else {}
    if len(files) == 1:
        kind = media.kind_of(files[0])
        return Call(kind.method, caption, {kind.field: files[0]}, has_text=bool(caption))
    items: list[dict[str, Any]] = [
        {"type": media.kind_of(file).field, "media": f"attach://file{place}"} for place, file in enumerate(files)
    ]
    items[0] |= caption
    by_field = {f"file{place}": file for place, file in enumerate(files)}
    return Call("sendMediaGroup", {"media": orjson.dumps(items).decode()}, by_field, has_text=bool(caption))


def _do(call: Call, bot: Bot) -> Any:
    """Make a call; a picture that Telegram cannot show goes out as a document."""
    uploads = [Upload(name, file.name, file.content_type, file.read()) for name, file in call.files.items()]
    try:
        return bot.call(call.method, call.params, uploads)
    except ChannelError as error:
        if error.code != "bad_file" or call.method not in ("sendPhoto", "sendVideo", "sendVoice", "sendAnimation", "sendAudio"):
            raise
    as_document = [replace(one, field=media.DOCUMENT.field) for one in uploads]
    return bot.call(media.DOCUMENT.method, call.params, as_document)


def _number(message: object) -> int:
    """A sent message's number. An answer without one leaves the message's fate open."""
    found = message.get("message_id") if isinstance(message, dict) else None
    if not isinstance(found, int):
        raise ChannelError("unconfirmed", is_ambiguous=True)
    return found


def _date(message: dict[str, Any]) -> datetime | None:
    found = message.get("date")
    try:
        return datetime.fromtimestamp(found, UTC) if isinstance(found, int) else None
    except (OverflowError, OSError, ValueError):
        return None
