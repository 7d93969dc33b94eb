"""What a message of a page or an Instagram account holds: a type, a text, facts and files.

Files are behind addresses that end soon, so they are fetched at once; what is somebody else's (a shared post, a film of
theirs) is kept as a link, and a story by its address alone: Meta does not let its picture or film be stored.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from channels_app.adapters.meta.fields import ident
from channels_app.content import Content, place_at
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import RemoteFile

#: How long a story can be seen.
STORY_LIFE = timedelta(hours=24)
#: Meta's own stickers of a raised thumb, in three sizes.
THUMBS = frozenset({"369239263222822", "369239343222814", "369239383222810"})
_FILES = {"image": "photo", "video": "video", "audio": "audio", "file": "document", "sticker": "sticker"}
_SHARES = frozenset({"share", "reel", "ig_reel", "ig_post", "post", "fallback", "template", "appointment_booking"})
_ENDINGS = {"photo": "jpg", "video": "mp4", "audio": "mp4", "document": "bin", "sticker": "png"}


def content_of(message: Fields, at: datetime) -> Content:
    """What somebody said at this time, however much of it there is. A kind that is unknown names itself in `data["kind"]`."""
    text = words(message, "text")
    if message.get("is_unsupported") is True:
        return Content("unsupported", text, {"kind": "message"})
    found = [_attachment(one, at) for one in _attachments(message)]
    answer, story = part(message, "quick_reply"), part(part(message, "reply_to"), "story")
    if story:
        found.insert(0, Content("story", data={"story": story_of("reply", story, at)}))
    if answer:
        found.insert(0, Content("button", data={"button": {"text": text[:256], "data": words(answer, "payload", 1024)}}))
    kinds = [one.content_type for one in found] or ["text" if text else "unsupported"]
    data = {name: value for one in reversed(found) for name, value in one.data.items()}
    return Content(
        kinds[0],
        "\n".join(filter(None, [text, *(one.text for one in found)])),
        data if found or text else {"kind": "empty"},
        tuple(file for one in found for file in one.files),
    )


def story_of(kind: str, story: Fields, at: datetime) -> dict[str, str]:
    """A story as it may be shown: by its address, as long as it can be seen."""
    known = {"kind": kind, "id": ident(story, "id", 128), "url": _web(words(story, "url", 4096))}
    return {name: value for name, value in known.items() if value} | {"expires_at": (at + STORY_LIFE).isoformat()}


def _attachments(message: Fields) -> list[Fields]:
    """A message's attachments, one for each thing: for a while, a sticker came a second time as a picture."""
    found = parts(message, "attachments")
    has_sticker = any(words(one, "type", 64) == "sticker" for one in found)
    return [one for one in found if not (has_sticker and words(one, "type", 64) == "image" and _sticker_id(one))]


def _sticker_id(attachment: Fields) -> str:
    return ident(part(attachment, "payload"), "sticker_id", 64)


def _attachment(attachment: Fields, at: datetime) -> Content:
    kind = words(attachment, "type", 64)
    if kind in _FILES:
        return _file(_FILES[kind], attachment)
    if kind in _SHARES:
        return _share(kind, attachment)
    return _OTHERS.get(kind, _unknown)(attachment, at)


def _file(kind: str, attachment: Fields) -> Content:
    payload, sticker = part(attachment, "payload"), _sticker_id(attachment)
    url = _web(words(payload, "url", 4096))
    shown = "sticker" if sticker else kind
    if sticker in THUMBS:
        return Content("sticker", "👍")
    if not url:
        return Content("unsupported", data={"kind": shown})
    name = unquote(urlsplit(url).path.rpartition("/")[2])[:200]
    reference = {"url": url}
    return Content(shown, files=(RemoteFile(reference, name if "." in name else f"{shown}.{_ENDINGS[shown]}"),))


def _share(kind: str, attachment: Fields) -> Content:
    """Something that is seen elsewhere: a post, a film, a page."""
    payload = part(attachment, "payload")
    url = _web(words(payload, "url", 4096) or words(payload, "link", 4096) or words(attachment, "url", 4096))
    title = words(payload, "title", 1024) or words(attachment, "title", 1024)
    known = {
        "kind": kind,
        "title": title,
        "url": url,
        "id": ident(payload, "reel_video_id") or ident(payload, "ig_post_media_id"),
    }
    text = "\n".join(dict.fromkeys(filter(None, (title, url)))) or "↗"
    return Content("share", text, {"share": {name: value for name, value in known.items() if value}})


def _location(attachment: Fields, at: datetime) -> Content:
    coordinates = part(part(attachment, "payload"), "coordinates")
    place = place_at(coordinates.get("lat"), coordinates.get("long"))
    return Content("location", f"📍 {place['url']}" if place else "📍", {"location": place})


def _mention(attachment: Fields, at: datetime) -> Content:
    return Content("story", data={"story": story_of("mention", part(attachment, "payload"), at)})


def _heart(attachment: Fields, at: datetime) -> Content:
    return Content("sticker", "❤️")


def _unknown(attachment: Fields, at: datetime) -> Content:
    return Content("unsupported", data={"kind": words(attachment, "type", 64) or "attachment"})


_OTHERS: dict[str, Callable[[Fields, datetime], Content]] = {
    "location": _location,
    "story_mention": _mention,
    "like_heart": _heart,
}


def _web(url: str) -> str:
    """An address of the web; empty for anything else, which nobody should be led to."""
    return url if url.startswith(("https://", "http://")) else ""


def referral_of(found: Fields) -> dict[str, Any]:
    """The link, advertisement or product from which somebody came."""
    names = ("ref", "source", "type", "ad_id", "referer_uri")
    known = {name: value for name in names if (value := ident(found, name, 2048))}
    shown = part(found, "ads_context_data")
    advertised = {"headline": words(shown, "ad_title", 512), "image_url": _web(words(shown, "photo_url", 4096)),
                  "video_url": _web(words(shown, "video_url", 4096)), "post": ident(shown, "post_id", 128)}  # fmt: skip
    return known | {name: value for name, value in advertised.items() if value}


def product_of(found: Fields) -> dict[str, str]:
    """The product that a message asks about."""
    product = ident(part(found, "product"), "id", 128)
    return {"id": product} if product else {}
