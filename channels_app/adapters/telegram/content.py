"""What a message holds: every kind of content as a type, a text, facts and files.

What is not text gets a text that reads in any language (a place with its map, a poll with its answers), so that it is
seen, searched and passed on wherever messages are. A kind that is unknown, or that only the app can show, becomes
`unsupported` and names itself in `data["kind"]`; the event keeps it whole.
"""

from collections.abc import Callable, Sequence
from typing import Any

from channels_app.adapters.telegram.entities import Formatted, facts, spans_of, with_plain_links
from channels_app.adapters.telegram.fields import number
from channels_app.content import Content, place_at
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import RemoteFile

#: What the platform tells about a chat rather than what somebody says in it: nothing is made of these.
SERVICE = frozenset(
    {"new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created",
     "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed", "pinned_message",
     "connected_website", "write_access_allowed", "proximity_alert_triggered", "boost_added", "chat_background_set",
     "forum_topic_created", "forum_topic_edited", "forum_topic_closed", "forum_topic_reopened", "general_forum_topic_hidden",
     "general_forum_topic_unhidden", "video_chat_scheduled", "video_chat_started", "video_chat_ended",
     "video_chat_participants_invited", "giveaway_created", "giveaway_completed", "users_shared", "chat_shared",
     "checklist_tasks_done", "checklist_tasks_added", "paid_message_price_changed", "direct_message_price_changed",
     "suggested_post_approved", "suggested_post_declined", "suggested_post_paid", "suggested_post_refunded",
     "suggested_post_approval_failed", "chat_owner_changed", "chat_owner_left", "poll_option_added", "poll_option_deleted",
     "managed_bot_created", "community_chat_added", "community_chat_removed", "migrate_to_chat_id", "migrate_from_chat_id"}
)  # fmt: skip


def content_of(message: Fields) -> Content | None:
    """What somebody said; None for what only tells about the chat."""
    for name, read in _KINDS.items():
        if name in message:
            return read(message)
    if SERVICE & message.keys():
        return None
    unknown = sorted(message.keys() - _FRAME)
    return Content("unsupported", data={"kind": unknown[0][:64] if unknown else "empty"})


def text_of(message: Fields, text: str = "text", entities: str = "entities") -> Content:
    """A text with the addresses of its links, and its formats."""
    plain = words(message, text)
    formatted = with_plain_links(Formatted(plain, spans_of(plain, parts(message, entities))))
    data = {"formats": facts(formatted.spans)} if formatted.spans else {}
    return Content("text", formatted.text, data)


def file_of(found: Fields, name: str, content_type: str) -> RemoteFile:
    """A file that the platform keeps, with the name and type that the sender's app gave, else the usual ones."""
    return RemoteFile(
        reference={"file_id": words(found, "file_id", 512)},
        name=words(found, "file_name", 255) or name,
        content_type=words(found, "mime_type", 100) or content_type,
        size=max(number(found, "file_size"), 0),
    )


def best_photo(sizes: Sequence[Fields]) -> tuple[RemoteFile, ...]:
    """The largest of a photo's sizes."""
    best = max(sizes, key=lambda one: (number(one, "width") * number(one, "height"), number(one, "file_size")), default=None)
    return (file_of(best, "photo.jpg", "image/jpeg"),) if best else ()


def _captioned(kind: str, message: Fields, files: tuple[RemoteFile, ...], **data: Any) -> Content:
    caption = text_of(message, "caption", "caption_entities")
    return Content(kind, caption.text, {**caption.data, **{name: value for name, value in data.items() if value}}, files)


def _media(kind: str, name: str, content_type: str) -> Callable[[Fields], Content]:
    """The reader of a content that is one file with a caption."""

    def read(message: Fields) -> Content:
        found = part(message, kind)
        return _captioned(kind, message, (file_of(found, name, content_type),), seconds=number(found, "duration"))

    return read


def _photo(message: Fields) -> Content:
    return _captioned("photo", message, best_photo(parts(message, "photo")))


def _live_photo(message: Fields) -> Content:
    """A still with a short film of its moment; both are kept."""
    found = part(message, "live_photo")
    film = (file_of(found, "live.mp4", "video/mp4"),) if words(found, "file_id") else ()
    still = best_photo(parts(found, "photo") or parts(message, "photo"))
    return _captioned("live_photo", message, still + film)


def _sticker(message: Fields) -> Content:
    found = part(message, "sticker")
    name, content_type = "sticker.webp", "image/webp"
    if found.get("is_video") is True:
        name, content_type = "sticker.webm", "video/webm"
    elif found.get("is_animated") is True:
        name, content_type = "sticker.tgs", "application/x-tgsticker"
    data = {"set": words(found, "set_name", 64)} if words(found, "set_name") else {}
    return Content("sticker", words(found, "emoji", 16), data, (file_of(found, name, content_type),))


def _location(message: Fields) -> Content:
    place = place_of(part(message, "location"))
    return Content("location", f"📍 {place['url']}" if place else "📍", {"location": place})


def _venue(message: Fields) -> Content:
    venue = part(message, "venue")
    place = place_of(part(venue, "location"))
    names = [words(venue, "title", 255), words(venue, "address", 255)]
    text = "\n".join(["📍 " + ", ".join(one for one in names if one), *([str(place["url"])] if place else [])])
    return Content("venue", text, {"location": place, "title": names[0], "address": names[1]})


def place_of(location: Fields) -> dict[str, Any]:
    """A place on the map; `live_seconds` where it was shared as a moving one (its movements are not recorded)."""
    place = place_at(location.get("latitude"), location.get("longitude"))
    live = number(location, "live_period")
    return {**place, "live_seconds": live} if place and live > 0 else place


def _contact(message: Fields) -> Content:
    found = part(message, "contact")
    name = " ".join(filter(None, (words(found, "first_name", 120), words(found, "last_name", 120))))
    phone = words(found, "phone_number", 32)
    is_own = number(found, "user_id") != 0 and number(found, "user_id") == number(part(message, "from"), "id")
    return Content(
        "contact", "👤 " + ", ".join(filter(None, (name, phone))), {"contact": {"name": name, "phone": phone, "is_own": is_own}}
    )


def _poll(message: Fields) -> Content:
    poll = part(message, "poll")
    question, options = words(poll, "question", 400), [words(one, "text", 200) for one in parts(poll, "options")]
    text = "\n".join([f"📊 {question}", *(f"– {one}" for one in options)])
    return Content("poll", text, {"poll": {"question": question, "options": options}})


def _checklist(message: Fields) -> Content:
    found = part(message, "checklist")
    tasks = [(words(one, "text", 200), number(one, "completion_date") > 0) for one in parts(found, "tasks")]
    lines = [f"{'☑' if is_done else '☐'} {text}" for text, is_done in tasks]
    return Content("checklist", "\n".join([words(found, "title", 255), *lines]))


def _dice(message: Fields) -> Content:
    dice = part(message, "dice")
    return Content("dice", f"{words(dice, 'emoji', 16) or '🎲'} {number(dice, 'value')}")


def _paid_media(message: Fields) -> Content:
    """Media for which somebody asks money: what we were shown of it, and its price in Telegram's stars."""
    found = part(message, "paid_media")
    files: tuple[RemoteFile, ...] = ()
    for one in parts(found, "paid_media"):
        files += best_photo(parts(one, "photo"))
        files += (file_of(part(one, "video"), "video.mp4", "video/mp4"),) if part(one, "video") else ()
    return _captioned("paid_media", message, files, stars=number(found, "star_count"))


def _rich(message: Fields) -> Content:
    return Content("rich", "\n".join(_texts(message["rich_message"]))[:32_768])


def _texts(value: object, depth: int = 32) -> list[str]:
    """The texts of nested blocks in reading order: runs of one block on one line, blocks on lines of their own."""
    if depth == 0:
        return []
    if isinstance(value, dict):
        found = [_run(one, depth) if name in _RUNS else "" for name, one in value.items()]
        inner = [_texts(one, depth - 1) for name, one in value.items() if name not in _RUNS]
        return [line for line in found if line.strip()] + [line for lines in inner for line in lines]
    if isinstance(value, list):
        return [line for one in value for line in _texts(one, depth - 1)]
    return []


_RUNS = frozenset({"text", "title", "summary", "credit", "caption", "expression"})


def _run(value: object, depth: int) -> str:
    """A text that is a string, a list of texts, or an object with a text."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if depth == 0:
        return ""
    if isinstance(value, list):
        return "".join(_run(one, depth - 1) for one in value)
    return _run(value.get("text"), depth - 1) if isinstance(value, dict) else ""


def _web_app(message: Fields) -> Content:
    found = part(message, "web_app_data")
    return Content("web_app", words(found, "data", 4096), {"button": {"text": words(found, "button_text", 128)}})


def _unsupported(kind: str) -> Callable[[Fields], Content]:
    return lambda message: Content("unsupported", data={"kind": kind})


#: In the order in which a message is asked: an animation comes with a document, a venue with a location, for older apps.
_KINDS: dict[str, Callable[[Fields], Content]] = {
    "text": text_of,
    "live_photo": _live_photo,
    "photo": _photo,
    "video": _media("video", "video.mp4", "video/mp4"),
    "video_note": _media("video_note", "video-note.mp4", "video/mp4"),
    "voice": _media("voice", "voice.ogg", "audio/ogg"),
    "audio": _media("audio", "audio.mp3", "audio/mpeg"),
    "animation": _media("animation", "animation.mp4", "video/mp4"),
    "document": _media("document", "document", "application/octet-stream"),
    "sticker": _sticker,
    "venue": _venue,
    "location": _location,
    "contact": _contact,
    "poll": _poll,
    "checklist": _checklist,
    "dice": _dice,
    "paid_media": _paid_media,
    "rich_message": _rich,
    "web_app_data": _web_app,
    **{
        kind: _unsupported(kind)
        for kind in ("story", "game", "invoice", "successful_payment", "refunded_payment", "passport_data", "giveaway",
                     "giveaway_winners", "gift", "unique_gift", "gift_upgrade_sent")
    },
}  # fmt: skip

#: What stands around a content and is none itself.
_FRAME = frozenset(
    {"message_id", "message_thread_id", "from", "sender_chat", "sender_boost_count", "sender_business_bot", "sender_tag",
     "date", "business_connection_id", "chat", "forward_origin", "is_topic_message", "is_automatic_forward",
     "reply_to_message", "external_reply", "quote", "reply_to_story", "reply_to_checklist_task_id", "via_bot", "edit_date",
     "has_protected_content", "is_from_offline", "is_paid_post", "media_group_id", "author_signature", "paid_star_count",
     "entities", "link_preview_options", "suggested_post_info", "effect_id", "caption", "caption_entities",
     "show_caption_above_media", "has_media_spoiler", "reply_markup", "direct_messages_topic", "reply_to_poll_option_id",
     "guest_bot_caller_user", "guest_bot_caller_chat", "guest_query_id"}
)  # fmt: skip
