"""The methods that send."""

from collections.abc import Callable
from typing import Any

from channels_app.emulators.telegram.answers import bad, forbidden
from channels_app.emulators.telegram.files import content_of_file, given_file
from channels_app.emulators.telegram.parameters import MAX_CAPTION, Params
from channels_app.emulators.telegram.state import Bot, Chat, Fields
from channels_app.emulators.telegram.world import Method, World, known_chat, message_in, target

_DICE = {"🎲": 6, "🎯": 6, "🎳": 6, "🏀": 5, "⚽": 5, "🎰": 64}
_MIXABLE = frozenset({"photo", "video"})
#: Facts about a file that a bot may tell, and that a message always shows.
_FACTS: dict[str, tuple[str, ...]] = {
    "video": ("width", "height", "duration"),
    "animation": ("width", "height", "duration"),
    "audio": ("duration",),
    "voice": ("duration",),
    "document": (),
    "photo": (),
}


def message(world: World, bot: Bot, params: Params, chat: Chat, content: Fields) -> Fields:
    """Put a message of the bot's into a chat."""
    head: Fields = {"from": bot.user, "chat": chat.json, "date": world.date(bot)}
    if chat.connection:
        owner = world.platform.connections[chat.connection].owner
        head |= {"from": owner.user, "sender_business_bot": bot.user, "business_connection_id": chat.connection}
    stored = world.platform.store(chat, {**head, **content, **_reply(chat, params), **params.keyboard()})
    chat.actions.clear()
    return stored


def _reply(chat: Chat, params: Params) -> Fields:
    number, may_be_missing = params.reply_to()
    if not number:
        return {}
    replied = chat.messages.get(number)
    if replied is not None:
        return {"reply_to_message": {name: value for name, value in replied.items() if name != "reply_to_message"}}
    if not may_be_missing:
        raise bad("message to be replied not found")
    return {}


def _send_message(world: World, bot: Bot, params: Params) -> Fields:
    content = params.formatted()
    if not content:
        raise bad("message text is empty")
    return message(world, bot, params, target(world, bot, params), content)


def _send_file(kind: str) -> Method:
    def send(world: World, bot: Bot, params: Params) -> Fields:
        chat = target(world, bot, params)
        if kind == "voice" and chat.person is not None and chat.person.has_restricted_voice:
            raise forbidden("VOICE_MESSAGES_FORBIDDEN")
        caption = params.formatted("caption", "caption_entities", limit=MAX_CAPTION)
        stored = given_file(world.files, params, kind, kind)
        facts = {name: params.integer(name) for name in _FACTS.get(kind, ())}
        return message(world, bot, params, chat, {**content_of_file(world.files, stored, kind, **facts), **caption})

    return send


def _send_video_note(world: World, bot: Bot, params: Params) -> Fields:
    chat = target(world, bot, params)
    stored = given_file(world.files, params, "video_note", "video_note")
    facts = {"length": params.integer("length", 240), "duration": params.integer("duration")}
    return message(world, bot, params, chat, content_of_file(world.files, stored, "video_note", **facts))


def _send_sticker(world: World, bot: Bot, params: Params) -> Fields:
    chat = target(world, bot, params)
    stored = given_file(world.files, params, "sticker", "sticker")
    facts: dict[str, Any] = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
    return message(world, bot, params, chat, content_of_file(world.files, stored, "sticker", **facts))


def _location(params: Params) -> Fields:
    latitude, longitude = params.number("latitude"), params.number("longitude")
    if not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        raise bad("wrong location specified")
    return {"latitude": latitude, "longitude": longitude}


def _send_location(world: World, bot: Bot, params: Params) -> Fields:
    return message(world, bot, params, target(world, bot, params), {"location": _location(params)})


def _send_venue(world: World, bot: Bot, params: Params) -> Fields:
    place, names = _location(params), {name: params.text(name) for name in ("title", "address")}
    if not all(names.values()):
        raise bad("venue title and address must be non-empty")
    return message(world, bot, params, target(world, bot, params), {"venue": {"location": place, **names}, "location": place})


def _send_contact(world: World, bot: Bot, params: Params) -> Fields:
    contact = {name: params.text(name) for name in ("phone_number", "first_name", "last_name") if params.text(name)}
    if "phone_number" not in contact or "first_name" not in contact:
        raise bad("contact phone number and first name must be non-empty")
    return message(world, bot, params, target(world, bot, params), {"contact": contact})


def _send_poll(world: World, bot: Bot, params: Params) -> Fields:
    options = params.json("options", "options")
    if not isinstance(options, list) or not 1 <= len(options) <= 12:
        raise bad("poll must have from 1 to 12 options")
    names = [str(one.get("text", "")) if isinstance(one, dict) else str(one) for one in options]
    if not 1 <= len(params.text("question")) <= 300 or not all(1 <= len(one) <= 100 for one in names):
        raise bad("poll question and options must be non-empty and short")
    number = world.platform.number("poll")
    facts = {"is_closed": False, "is_anonymous": True, "type": "regular", "allows_multiple_answers": False}
    listed = [{"text": one, "voter_count": 0, "persistent_id": str(place)} for place, one in enumerate(names)]
    poll = {"id": str(number), "question": params.text("question"), "options": listed, "total_voter_count": 0, **facts}
    poll |= {"allows_revoting": False, "members_only": False}
    return message(world, bot, params, target(world, bot, params), {"poll": poll})


def _send_dice(world: World, bot: Bot, params: Params) -> Fields:
    emoji = params.text("emoji") or "🎲"
    if emoji not in _DICE:
        raise bad("wrong dice emoji specified")
    dice = {"emoji": emoji, "value": world.platform.random.randint(1, _DICE[emoji])}
    return message(world, bot, params, target(world, bot, params), {"dice": dice})


def _send_media_group(world: World, bot: Bot, params: Params) -> list[Fields]:
    items = params.json("media", "media")
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise bad("can't parse media: expected an Array")
    if not 2 <= len(items) <= 10:
        raise bad("expected from 2 to 10 media to send as an album")
    kinds = {str(one.get("type")) for one in items}
    if not kinds <= _MIXABLE and (len(kinds) > 1 or not kinds <= {"document", "audio"}):
        raise bad("other media types can't be mixed with these in an album")
    chat = target(world, bot, params)
    contents = [_album_part(world, params, one) for one in items]
    album = str(world.platform.number("album"))
    return [message(world, bot, params, chat, {**content, "media_group_id": album}) for content in contents]


def _album_part(world: World, params: Params, item: Fields) -> Fields:
    own = Params(item, params.files)
    kind = own.text("type")
    stored = given_file(world.files, own, "media", kind)
    facts = {name: own.integer(name) for name in _FACTS[kind]}
    caption = own.formatted("caption", "caption_entities", limit=MAX_CAPTION)
    return {**content_of_file(world.files, stored, kind, **facts), **caption}


def _source(world: World, bot: Bot, params: Params) -> Fields:
    return message_in(known_chat(world, bot, params, "from_chat_id"), params.integer("message_id"), "forward")


_CONTENT = ("text", "entities", "caption", "caption_entities", "photo", "video", "animation", "document", "audio", "voice",
            "video_note", "sticker", "location", "venue", "contact", "poll", "dice")  # fmt: skip


def _forward_message(world: World, bot: Bot, params: Params) -> Fields:
    chat, source = target(world, bot, params), _source(world, bot, params)
    content = {name: source[name] for name in _CONTENT if name in source}
    origin = {"type": "user", "date": source["date"], "sender_user": source["from"]}
    return message(world, bot, params, chat, {**content, "forward_origin": origin})


def _copy_message(world: World, bot: Bot, params: Params) -> Fields:
    chat, source = target(world, bot, params), _source(world, bot, params)
    content = {name: source[name] for name in _CONTENT if name in source}
    return {"message_id": message(world, bot, params, chat, content)["message_id"]}


METHODS: dict[str, Callable[[World, Bot, Params], Any]] = {
    "sendMessage": _send_message,
    "sendPhoto": _send_file("photo"),
    "sendVideo": _send_file("video"),
    "sendAnimation": _send_file("animation"),
    "sendAudio": _send_file("audio"),
    "sendVoice": _send_file("voice"),
    "sendDocument": _send_file("document"),
    "sendVideoNote": _send_video_note,
    "sendSticker": _send_sticker,
    "sendLocation": _send_location,
    "sendVenue": _send_venue,
    "sendContact": _send_contact,
    "sendPoll": _send_poll,
    "sendDice": _send_dice,
    "sendMediaGroup": _send_media_group,
    "forwardMessage": _forward_message,
    "copyMessage": _copy_message,
}
