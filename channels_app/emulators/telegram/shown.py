"""The chat as the customer sees it on their phone, in the shape that every platform of the emulator gives."""

from channels_app.emulators.telegram.state import Bot, Chat, Fields
from channels_app.emulators.telegram.world import World

#: Seconds for which `sendChatAction` is shown.
TYPING = 5
_FILES = ("photo", "video", "animation", "voice", "audio", "video_note", "sticker", "document")


def chat_as_seen(world: World, bot: Bot, chat: Chat) -> Fields:
    """A chat. What the customer wrote is sent until the bot has been told of it, then read."""
    waiting = {one.payload.get("message_id") for one in bot.updates.values() if one.queue == f"{chat.connection}:{chat.id}"}
    person = chat.person
    return {
        "bot": {"id": str(bot.id), "name": bot.first_name, "username": bot.username},
        "customer": {"id": str(chat.id), "name": chat.title or (person.first_name if person else "")},
        "is_typing": "typing" in chat.actions and world.clock.now() - chat.acted_at < TYPING,
        "state": chat.state,
        "messages": [_bubble(world, bot, one, waiting) for one in list(chat.messages.values())[-100:]],
    }


def _bubble(world: World, bot: Bot, message: Fields, waiting: set[int | None]) -> Fields:
    author = message.get("sender_business_bot") or message.get("from") or {}
    is_mine = author.get("id") != bot.id
    reactions = {"customer": "".join(one.get("emoji", "") for one in message.get("reaction") or []),
                 "business": message.get("bot_reaction", "")}  # fmt: skip
    found: Fields = {
        "id": str(message["message_id"]),
        "is_mine": is_mine,
        "type": next((kind for kind in (*_FILES, "location", "contact", "poll") if kind in message), "text"),
        "at": float(message["date"]),
        "tick": ("sent" if message["message_id"] in waiting else "read") if is_mine else "read",
        "text": _text(message),
        "is_edited": "edit_date" in message,
        "is_deleted": False,
        "reply_to": str((message.get("reply_to_message") or {}).get("message_id") or ""),
        "reactions": {who: emoji for who, emoji in reactions.items() if emoji},
    }
    return {**found, **_file(world, message), **_choices(message)}


def _text(message: Fields) -> str:
    if "location" in message:
        return f"📍 {message['location']['latitude']}, {message['location']['longitude']}"
    if "contact" in message:
        return f"{message['contact']['first_name']} {message['contact']['phone_number']}"
    if "poll" in message:
        return str(message["poll"]["question"])
    return str(message.get("text") or message.get("caption") or "")


def _file(world: World, message: Fields) -> Fields:
    kind = next((one for one in _FILES if one in message), "")
    if not kind:
        return {}
    stored = world.files.get((message[kind][-1] if kind == "photo" else message[kind])["file_id"])
    if stored is None:
        return {}
    return {"file": {"id": stored.id, "name": stored.name, "type": stored.content_type, "size": len(stored.content)}}


def _choices(message: Fields) -> Fields:
    """The buttons under a message; those that open a page have an address."""
    keys = [key for row in (message.get("reply_markup") or {}).get("inline_keyboard") or [] for key in row]
    buttons = [{"id": key.get("callback_data", ""), "title": key["text"], "url": key.get("url", "")} for key in keys]
    return {"buttons": buttons} if buttons else {}
