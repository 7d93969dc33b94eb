"""Contents that a customer may send, made up where the request gives none."""

from collections.abc import Callable
from random import Random
from typing import Any

from channels_app.emulators.made_up import given_bytes, noise, picture
from channels_app.emulators.telegram.files import Files, content_of_file
from channels_app.emulators.telegram.state import Fields
from channels_app.emulators.web import BadRequestError, FilePart

#: The usual name and type of each kind of file, and the facts that its message shows.
_KINDS: dict[str, tuple[str, str, Fields]] = {
    "photo": ("photo.jpg", "image/jpeg", {}),
    "video": ("video.mp4", "video/mp4", {"width": 1280, "height": 720, "duration": 7}),
    "animation": ("animation.mp4", "video/mp4", {"width": 320, "height": 240, "duration": 2}),
    "audio": ("song.mp3", "audio/mpeg", {"duration": 180}),
    "voice": ("", "audio/ogg", {"duration": 4}),
    "video_note": ("", "video/mp4", {"length": 240, "duration": 5}),
    "document": ("invoice.pdf", "application/pdf", {}),
    "sticker": (
        "", "image/webp",
        {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "😺"},
    ),
}  # fmt: skip


def content_for(kind: str, wanted: Fields, files: Files, random: Random) -> Fields:
    """The content of a customer's message. Raises BadRequestError."""
    if kind in _KINDS:
        return {**file_content(kind, wanted, files, random), **_caption(wanted)}
    make = _PLAIN.get(kind)
    if make is None:
        raise BadRequestError(f"There is no kind of message called {kind}.")
    return make(wanted, random)


def file_content(kind: str, wanted: Fields, files: Files, random: Random) -> Fields:
    """A message's file: the given one, or a sample."""
    name, content_type, facts = _KINDS[kind]
    given = wanted.get("file")
    if isinstance(given, dict):
        part = FilePart(str(given.get("name") or name), str(given.get("type") or content_type), given_bytes(given))
    else:
        size = int(wanted.get("size") or 2048)
        part = FilePart(name, content_type, picture(random) if kind == "photo" else noise(content_type, size, random))
    return content_of_file(files, files.add(kind, part), kind, **facts)


def _caption(wanted: Fields) -> Fields:
    names = {"caption": "caption", "text": "caption", "caption_entities": "caption_entities", "entities": "caption_entities"}
    return {theirs: wanted[ours] for ours, theirs in names.items() if wanted.get(ours)}


def _text(wanted: Fields, random: Random) -> Fields:
    text = str(wanted.get("text") or "Hello!")
    return {"text": text, **({"entities": wanted["entities"]} if wanted.get("entities") else {})}


def _start(wanted: Fields, random: Random) -> Fields:
    text = f"/start {wanted.get('payload', '')}".strip()
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": 6}]}


def _place(wanted: Fields) -> Fields:
    return {"latitude": float(wanted.get("latitude", 38.7139)), "longitude": float(wanted.get("longitude", -9.1394))}


def _location(wanted: Fields, random: Random) -> Fields:
    live = {"live_period": int(wanted["live_period"])} if wanted.get("live_period") else {}
    return {"location": {**_place(wanted), **live}}


def _venue(wanted: Fields, random: Random) -> Fields:
    names = {"title": str(wanted.get("title", "Castelo de São Jorge")), "address": str(wanted.get("address", "Lisboa"))}
    return {"venue": {"location": _place(wanted), **names}, "location": _place(wanted)}


def _contact(wanted: Fields, random: Random) -> Fields:
    return {"contact": {"phone_number": str(wanted.get("phone_number", "+351910000000")), "first_name": "Zoë"}}


def _poll(wanted: Fields, random: Random) -> Fields:
    options = [{"text": one, "voter_count": 0, "persistent_id": one} for one in wanted.get("options") or ["Blue", "Green"]]
    facts = dict.fromkeys(("is_closed", "allows_multiple_answers", "allows_revoting", "members_only"), False)
    poll = {"id": str(random.randrange(10**12)), "question": str(wanted.get("question", "Which one?")), "options": options}
    return {"poll": {**poll, **facts, "is_anonymous": True, "type": "regular", "total_voter_count": 0}}


def _dice(wanted: Fields, random: Random) -> Fields:
    return {"dice": {"emoji": "🎲", "value": random.randint(1, 6)}}


def _checklist(wanted: Fields, random: Random) -> Fields:
    tasks: list[Any] = [{"id": 1, "text": "Measure the shelf", "completion_date": 1}, {"id": 2, "text": "Order the cups"}]
    return {"checklist": {"title": "Kitchen", "tasks": tasks}}


def _story(wanted: Fields, random: Random) -> Fields:
    return {"story": {"chat": {"id": -1001, "type": "channel", "title": "Pottery daily"}, "id": 7}}


def _web_app(wanted: Fields, random: Random) -> Fields:
    return {"web_app_data": {"data": str(wanted.get("data", '{"size":"L"}')), "button_text": "Choose a size"}}


def _message(wanted: Fields, random: Random) -> Fields:
    """Whatever content the request spells out."""
    found = wanted.get("message")
    if not isinstance(found, dict):
        raise BadRequestError("Give the message's content as an object called message.")
    return found


_PLAIN: dict[str, Callable[[Fields, Random], Fields]] = {
    "text": _text,
    "start": _start,
    "location": _location,
    "venue": _venue,
    "contact": _contact,
    "poll": _poll,
    "dice": _dice,
    "checklist": _checklist,
    "story": _story,
    "web_app_data": _web_app,
    "message": _message,
}
