"""Sending a message: first what calls it takes (pure), then the calls, one after another within a time.

A message of ours becomes several there when it has several files, or a text that is too long for a caption: the text
comes first then. The first call carries our reference, which comes back in its statuses: a message whose fate was in
doubt is resolved by them. What still fails after the first call is told as partly sent.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.whatsapp import media
from channels_app.adapters.whatsapp.choices import action_of
from channels_app.adapters.whatsapp.people import is_phone, is_scoped
from channels_app.contract import ChannelError, Outgoing, OutgoingFile, Sent
from channels_app.several import BUDGET, following

MAX_TEXT, MAX_CAPTION, MAX_INTERACTIVE = 4096, 1024, 1024


@dataclass(frozen=True, slots=True)
class Call:
    """One message there: its type, its content, and the file that still has to be handed over."""

    type: str
    content: Mapping[str, Any]
    file: OutgoingFile | None = None
    kind: media.Kind = media.DOCUMENT


def send(outgoing: Outgoing, phone: str, line: Graph) -> Sent:
    """Send a message. Raises ChannelError."""
    calls = plan(outgoing)
    ends_at = time.monotonic() + BUDGET
    first = _first(calls[0], outgoing, phone, line)
    rest = [following(partial(_do, call, outgoing, phone, line), ends_at) for call in calls[1:]]
    return Sent(first, more_ids=rest)


def plan(outgoing: Outgoing) -> list[Call]:
    """The messages that one of ours becomes, in order. Raises ChannelError for what cannot be sent at all."""
    recipient_of(outgoing.to)
    if "template" in outgoing.data:
        return [_template(outgoing)]
    text, files = outgoing.text.strip(), list(outgoing.files)
    if len(text) > MAX_TEXT:
        raise ChannelError("too_long", permanent=True)
    choices = action_of(outgoing.data)
    if choices:
        return _interactive(choices, text, files)
    if not files:
        return [_text(text)]
    captioned = media.kind_of(files[0]).has_caption and len(text) <= MAX_CAPTION
    calls = [_file(file, text if captioned and not place else "") for place, file in enumerate(files)]
    return calls if captioned or not text else [_text(text), *calls]


def recipient_of(value: str) -> dict[str, str]:
    """The parameter that names a person. Raises ChannelError."""
    if is_phone(value):
        return {"to": value}
    if is_scoped(value):
        return {"recipient": value}
    raise ChannelError("bad_recipient", permanent=True)


def _text(text: str) -> Call:
    if not text:
        raise ChannelError("empty", permanent=True)
    return Call("text", {"body": text, "preview_url": "https://" in text or "http://" in text})


def _file(file: OutgoingFile, caption: str) -> Call:
    kind = media.kind_of(file)
    content = {"caption": caption} if caption else {}
    return Call(kind.name, {**content, **({"filename": file.name} if kind.name == "document" else {})}, file, kind)


def _interactive(choices: Mapping[str, Any], text: str, files: Sequence[OutgoingFile]) -> list[Call]:
    """Buttons go under one picture, film or document, which becomes the head; other files follow."""
    if not text:
        raise ChannelError("empty", permanent=True)
    if len(text) > MAX_INTERACTIVE:
        raise ChannelError("too_long", permanent=True)
    content: dict[str, Any] = {**choices, "body": {"text": text}}
    is_head = bool(files) and choices["type"] == "button" and media.kind_of(files[0]).has_caption
    if is_head:
        head = Call("interactive", content, files[0], media.kind_of(files[0]))
        return [head, *(_file(one, "") for one in files[1:])]
    return [Call("interactive", content), *(_file(one, "") for one in files)]


def _template(outgoing: Outgoing) -> Call:
    """A template in Graph's own shape; the file of the message becomes its head."""
    given = outgoing.data["template"]
    name, language = (str(given.get(one) or "") for one in ("name", "language")) if isinstance(given, dict) else ("", "")
    components = given.get("components") or [] if isinstance(given, dict) else None
    if not name or not language or not isinstance(components, list) or len(outgoing.files) > 1:
        raise ChannelError("bad_template", permanent=True)
    content = {"name": name, "language": {"code": language}, "components": components}
    if not outgoing.files:
        return Call("template", content)
    kind = media.kind_of(outgoing.files[0])
    if not kind.has_caption:
        raise ChannelError("bad_file", permanent=True)
    return Call("template", content, outgoing.files[0], kind)


def body_of(call: Call, to: Mapping[str, str], media_id: str) -> dict[str, Any]:
    """What is posted, with the id of the file that was handed over."""
    content = dict(call.content)
    if call.file is not None:
        shown = {"id": media_id, **({"filename": call.file.name} if call.kind.name == "document" else {})}
        if call.type == "interactive":
            content["header"] = {"type": call.kind.name, call.kind.name: shown}
        elif call.type == "template":
            head = {"type": "header", "parameters": [{"type": call.kind.name, call.kind.name: shown}]}
            content["components"] = [head, *(one for one in content["components"] if one.get("type") != "header")]
        else:
            content["id"] = media_id
    base = {"messaging_product": "whatsapp", "recipient_type": "individual", **to}
    return {**base, "type": call.type, call.type: content}


def _first(call: Call, outgoing: Outgoing, phone: str, line: Graph) -> str:
    """Make the first call. Where a number is needed and known besides the hidden one, it is taken instead."""
    try:
        return _do(call, outgoing, phone, line, is_first=True)
    except ChannelError as error:
        number = next((one for one in outgoing.also if is_phone(one)), "")
        if error.code != "number_needed" or not number:
            raise
    return _do(call, replace(outgoing, to=number), phone, line, is_first=True)


def _do(call: Call, outgoing: Outgoing, phone: str, line: Graph, *, is_first: bool = False) -> str:
    """Hand the file over, post the message, and return its id there. Raises ChannelError."""
    media_id = media.upload(call.file, phone, line) if call.file is not None else ""
    body = body_of(call, recipient_of(outgoing.to), media_id)
    if is_first:
        body["biz_opaque_callback_data"] = str(outgoing.reference)
        if outgoing.reply_to:
            body["context"] = {"message_id": outgoing.reply_to}
    messages = line.post(f"{phone}/messages", body).get("messages")
    found = messages[0].get("id") if isinstance(messages, list) and messages and isinstance(messages[0], dict) else None
    if not isinstance(found, str) or not found:
        raise ChannelError("unconfirmed", is_ambiguous=True)
    return found
