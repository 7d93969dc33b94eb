"""Contents that a customer, or the business on its phone, may send, made up where the request gives none."""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import orjson

from channels_app.emulators.made_up import given_bytes, noise, picture
from channels_app.emulators.web import BadRequestError
from channels_app.emulators.whatsapp.media import Files
from channels_app.emulators.whatsapp.state import Fields, Number
from channels_app.emulators.whatsapp.world import World

#: The message's type, the usual name and type of its file, and what more is told of it.
_FILES: dict[str, tuple[str, str, str, Fields]] = {
    "photo": ("image", "", "image/jpeg", {}),
    "video": ("video", "", "video/mp4", {}),
    "voice": ("audio", "", "audio/ogg; codecs=opus", {"voice": True}),
    "audio": ("audio", "", "audio/mpeg", {"voice": False}),
    "document": ("document", "invoice.pdf", "application/pdf", {}),
    "sticker": ("sticker", "", "image/webp", {"animated": False}),
}
ALIASES = {"image": "photo", "contact": "contacts", "list": "list_reply", "form": "flow"}


class Contents:
    """Makes contents."""

    def __init__(self, world: World, files: Files) -> None:
        self._world = world
        self._files = files

    def make(self, number: Number, kind: str, wanted: Fields) -> Fields:
        """A content with its type: `{"type": "text", "text": {…}}`. Raises BadRequestError."""
        kind = ALIASES.get(kind, kind)
        if kind in _FILES:
            return self._file(number, kind, wanted)
        make = _PLAIN.get(kind)
        if make is None:
            raise BadRequestError(f"There is no kind of message called {kind}.")
        return make(wanted)

    def _file(self, number: Number, kind: str, wanted: Fields) -> Fields:
        message_type, name, mime, facts = _FILES[kind]
        given = wanted.get("file")
        random = self._world.graph.platform.random
        if isinstance(given, dict):
            name, mime, content = str(given.get("name") or name), str(given.get("type") or mime), given_bytes(given)
        else:
            content = (
                picture(random) if kind == "photo" else noise(mime.partition(";")[0], int(wanted.get("size") or 2048), random)
            )
        stored = self._files.inbound(number, name, mime.partition(";")[0], content)
        digest = b"wrong" * 6 if wanted.get("wrong_hash") is True else hashlib.sha256(content).digest()
        found: Fields = {"mime_type": mime, "sha256": b64encode(digest).decode(), "id": stored.id, **facts}
        caption = str(wanted.get("caption") or wanted.get("text") or "")
        if caption and kind in ("photo", "video", "document"):
            found["caption"] = caption
        if kind == "document":
            found["filename"] = name
        return {"type": message_type, message_type: found}


def _text(wanted: Fields) -> Fields:
    return {"type": "text", "text": {"body": str(wanted.get("text") or "Hello!")}}


def _location(wanted: Fields) -> Fields:
    place: Fields = {"latitude": float(wanted.get("latitude", 38.7139)), "longitude": float(wanted.get("longitude", -9.1394))}
    place |= {name: str(wanted[name]) for name in ("name", "address", "url") if wanted.get(name)}
    return {"type": "location", "location": place}


def _contacts(wanted: Fields) -> Fields:
    phone = str(wanted.get("phone_number") or "+351 910 000 000")
    name = str(wanted.get("name") or "Zoë Lindqvist")
    card: Fields = {
        "name": {"formatted_name": name, "first_name": name.partition(" ")[0]},
        "phones": [{"phone": phone, "wa_id": "".join(filter(str.isdecimal, phone)), "type": "CELL"}],
    }
    return {"type": "contacts", "contacts": wanted.get("contacts") or [card]}


def _button(wanted: Fields) -> Fields:
    """A pressed quick reply of a template."""
    text = str(wanted.get("text") or "Yes, please")
    return {"type": "button", "button": {"payload": str(wanted.get("payload") or text), "text": text}}


def _reply(kind: str) -> Callable[[Fields], Fields]:
    def make(wanted: Fields) -> Fields:
        said = {"id": str(wanted.get("id") or "size:l"), "title": str(wanted.get("title") or "Large")}
        if kind == "list_reply":
            said["description"] = str(wanted.get("description") or "")
        return {"type": "interactive", "interactive": {"type": kind, kind: said}}

    return make


def _flow(wanted: Fields) -> Fields:
    """A filled form. Its answers are JSON in a text, which real apps do not always make an object."""
    answers = wanted.get("answers", {"size": "L", "colour": "blue", "flow_token": "unused"})
    said = answers if isinstance(answers, str) else orjson.dumps(answers).decode()
    return {
        "type": "interactive",
        "interactive": {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": said}},
    }


def _order(wanted: Fields) -> Fields:
    items: list[Any] = [{"product_retailer_id": "bowl-7", "quantity": 2, "item_price": 24.5, "currency": "EUR"}]
    return {
        "type": "order",
        "order": {"catalog_id": "777", "text": str(wanted.get("text") or ""), "product_items": wanted.get("items") or items},
    }


def _unsupported(wanted: Fields) -> Fields:
    errors = [
        {"code": 131051, "title": "Message type unknown", "error_data": {"details": "Message type is currently not supported."}}
    ]
    return {"type": "unsupported", "unsupported": {"type": str(wanted.get("what") or "poll_creation")}, "errors": errors}


def _missing(wanted: Fields) -> Fields:
    """A message of a usual type whose content the platform could not give."""
    return {"type": str(wanted.get("what") or "image")}


def _message(wanted: Fields) -> Fields:
    """Whatever content the request spells out."""
    found = wanted.get("message")
    if not isinstance(found, dict) or "type" not in found:
        raise BadRequestError("Give the message's content as an object called message, with its type.")
    return found


_PLAIN: dict[str, Callable[[Fields], Fields]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "press": _reply("button_reply"),
    "list_reply": _reply("list_reply"),
    "flow": _flow,
    "order": _order,
    "unsupported": _unsupported,
    "missing": _missing,
    "request_welcome": lambda wanted: {"type": "request_welcome"},
    "message": _message,
}
