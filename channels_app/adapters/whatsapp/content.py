"""What a message holds: every kind of content as a type, a text, facts and files.

What is not text gets a text that reads in any language, so that it is seen, searched and passed on wherever messages
are. A kind that is unknown becomes `unsupported` and names itself in `data["kind"]`; the event keeps it whole.
"""

from collections.abc import Callable
from typing import Any

import orjson

from channels_app.adapters.meta.fields import ident, number
from channels_app.content import Content, place_at
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import RemoteFile

#: The name that a file gets where its sender's app gave none.
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "video/mp4": "mp4", "video/3gpp": "3gp",
            "audio/ogg": "ogg", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac", "audio/amr": "amr",
            "application/pdf": "pdf"}  # fmt: skip


def content_of(message: Fields) -> Content:
    """What somebody said. A message without the object that its type names is unsupported, whatever its type."""
    kind = words(message, "type", 64)
    read = _KINDS.get(kind)
    if read is None or kind not in message:
        unsupported = words(part(message, "unsupported"), "type", 64)
        return Content("unsupported", data={"kind": unsupported or kind or "empty", **_error(message)})
    return read(message)


def _error(message: Fields) -> dict[str, Any]:
    """Why the platform shows no content."""
    codes = [number(one, "code") for one in parts(message, "errors")]
    return {"error": str(codes[0])} if codes else {}


def _text(message: Fields) -> Content:
    return Content("text", words(part(message, "text"), "body"))


def file_of(found: Fields, name: str) -> RemoteFile:
    """A file that the platform keeps; `sha256` is of its bytes, in base64."""
    content_type = words(found, "mime_type", 100).partition(";")[0].strip().lower()
    given = words(found, "filename", 255)
    return RemoteFile(
        reference={"media_id": ident(found, "id", 128), "sha256": words(found, "sha256", 128)},
        name=given or f"{name}.{_ENDINGS.get(content_type, 'bin')}",
        content_type=content_type,
        size=max(number(found, "file_size"), 0),
    )


def _media(kind: str, content_type: str) -> Callable[[Fields], Content]:
    """The reader of a content that is one file, mostly with a caption."""

    def read(message: Fields) -> Content:
        found = part(message, kind)
        if not ident(found, "id"):
            return Content("unsupported", words(found, "caption"), {"kind": kind, **_error(message)})
        shown = "voice" if found.get("voice") is True else content_type
        data = {"animated": True} if found.get("animated") is True else {}
        return Content(shown, words(found, "caption"), data, (file_of(found, shown),))

    return read


def _location(message: Fields) -> Content:
    found = part(message, "location")
    place, names = _place(found), [words(found, "name", 255), words(found, "address", 255)]
    said = [one for one in names if one]
    lines = [("📍 " + ", ".join(said)).strip(), *([str(place["url"])] if place else [])]
    if said:
        return Content("venue", "\n".join(lines), {"location": place, "title": names[0], "address": names[1]})
    return Content("location", f"📍 {place['url']}" if place else "📍", {"location": place})


def _place(found: Fields) -> dict[str, Any]:
    return place_at(_degree(found, "latitude"), _degree(found, "longitude"))


def _degree(found: Fields, name: str) -> object:
    """Degrees, which some apps send as text."""
    value = found.get(name)
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        return None


def _contacts(message: Fields) -> Content:
    cards = [_card(one) for one in parts(message, "contacts")]
    if not cards:
        return Content("unsupported", data={"kind": "contacts", **_error(message)})
    lines = ["👤 " + ", ".join(filter(None, (one["name"], one["phone"], one.get("email", "")))) for one in cards]
    data: dict[str, Any] = {"contact": cards[0], **({"contacts": cards} if len(cards) > 1 else {})}
    return Content("contact", "\n".join(lines), data)


def _card(card: Fields) -> dict[str, Any]:
    names, phones = part(card, "name"), parts(card, "phones")
    composed = " ".join(filter(None, (words(names, "first_name", 120), words(names, "last_name", 120))))
    numbers = [words(one, "phone", 32) or ident(one, "wa_id", 32) for one in phones]
    found: dict[str, Any] = {
        "name": words(names, "formatted_name", 120) or composed or words(part(card, "org"), "company", 120),
        "phone": next((one for one in numbers if one), ""),
        "is_own": words(card, "origin", 32) == "contact_request",
    }
    emails = [words(one, "email", 254) for one in parts(card, "emails")]
    return {**found, **({"email": emails[0]} if emails and emails[0] else {})}


def _button(message: Fields) -> Content:
    """A pressed answer of a template."""
    found = part(message, "button")
    text, value = words(found, "text", 256), words(found, "payload", 256)
    return Content("button", text or value, {"button": {"text": text, "data": value}})


def _interactive(message: Fields) -> Content:
    found = part(message, "interactive")
    kind = words(found, "type", 64)
    if kind in ("button_reply", "list_reply"):
        return _choice(part(found, kind))
    if kind == "nfm_reply":
        return _form(part(found, kind))
    return Content("unsupported", data={"kind": kind or "interactive"})


def _choice(found: Fields) -> Content:
    text, value = words(found, "title", 256), ident(found, "id", 256)
    more = {"description": words(found, "description", 256)} if words(found, "description") else {}
    return Content("button", text or value, {"button": {"text": text, "data": value, **more}})


def _form(found: Fields) -> Content:
    """A filled form (a flow): its answers line by line. What it says of itself may be no object, or no JSON."""
    said = words(found, "response_json")
    try:
        answers = orjson.loads(said)
    except ValueError:
        answers = said
    said_of = answers.items() if isinstance(answers, dict) else ()
    lines = [f"{name}: {_plain(one)}" for name, one in said_of if name != "flow_token"]
    text = "\n".join([words(found, "body", 1024), *(lines or [_plain(answers)])]).strip()
    return Content("form", text[:16_384], {"form": {"name": words(found, "name", 128), "answers": answers}})


def _plain(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


def _order(message: Fields) -> Content:
    found = part(message, "order")
    items = [
        {"id": ident(one, "product_retailer_id", 128), "quantity": number(one, "quantity"), "price": _price(one)}
        for one in parts(found, "product_items")
    ]
    lines = [f"{one['quantity']} x {one['id']} {one['price']}".rstrip() for one in items]
    text = "\n".join(["🛒", *lines, *([words(found, "text")] if words(found, "text") else [])])
    return Content("order", text, {"order": {"catalog": ident(found, "catalog_id", 64), "items": items}})


def _price(item: Fields) -> str:
    price = item.get("item_price")
    is_number = isinstance(price, int | float) and not isinstance(price, bool)
    return f"{price} {words(item, 'currency', 8)}".strip() if is_number else ""


_KINDS: dict[str, Callable[[Fields], Content]] = {
    "text": _text,
    "image": _media("image", "photo"),
    "video": _media("video", "video"),
    "audio": _media("audio", "audio"),
    "document": _media("document", "document"),
    "sticker": _media("sticker", "sticker"),
    "location": _location,
    "contacts": _contacts,
    "button": _button,
    "interactive": _interactive,
    "order": _order,
}


def referral_of(message: Fields) -> dict[str, str]:
    """The advertisement or post from which somebody came."""
    found = part(message, "referral")
    names = ("source_url", "source_id", "source_type", "headline", "body", "media_type", "image_url", "video_url",
             "thumbnail_url", "ctwa_clid")  # fmt: skip
    return {name: value for name in names if (value := ident(found, name, 2048))}


def product_of(message: Fields) -> dict[str, str]:
    """The product that a message asks about."""
    found = part(part(message, "context"), "referred_product")
    values = {"catalog": ident(found, "catalog_id", 64), "id": ident(found, "product_retailer_id", 128)}
    return {name: value for name, value in values.items() if value}
