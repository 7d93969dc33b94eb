"""The methods that change what was sent: edits, deletions, reactions, answered buttons, read marks, typing."""

from collections.abc import Callable
from typing import Any

from channels_app.emulators.telegram.answers import bad
from channels_app.emulators.telegram.parameters import MAX_CAPTION, Params
from channels_app.emulators.telegram.state import Bot, Chat, Fields
from channels_app.emulators.telegram.world import World, known_chat, message_in, target

DELETABLE_FOR = 48 * 3600
QUERY_LIFE = 3600
ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
     "choose_sticker", "find_location", "record_video_note", "upload_video_note"}
)  # fmt: skip
_OFFERED = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 "
    "💋 🖕 😈 😴 😭 🤓 👻 "
    "👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 "
    "🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
#: The reactions that Telegram offers everybody.
REACTIONS = frozenset(_OFFERED.split())
_SAME = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)


def _own(chat: Chat, bot: Bot, params: Params) -> Fields:
    """A message that the bot may edit. Raises ApiError."""
    found = message_in(chat, params.integer("message_id"), "edit")
    author = found.get("sender_business_bot") or found["from"]
    if author["id"] != bot.id:
        raise bad("message can't be edited")
    return found


def _edit_text(world: World, bot: Bot, params: Params) -> Fields:
    chat = target(world, bot, params)
    found, content = _own(chat, bot, params), params.formatted()
    if not content:
        raise bad("message text is empty")
    if "text" not in found:
        raise bad("there is no text in the message to edit")
    return _edited(world, bot, found, content, params, ("text", "entities"))


def _edit_caption(world: World, bot: Bot, params: Params) -> Fields:
    chat = target(world, bot, params)
    found = _own(chat, bot, params)
    if not any(kind in found for kind in ("photo", "video", "animation", "audio", "voice", "document")):
        raise bad("there is no caption in the message to edit")
    content = params.formatted("caption", "caption_entities", limit=MAX_CAPTION)
    return _edited(world, bot, found, content, params, ("caption", "caption_entities"))


def _edit_markup(world: World, bot: Bot, params: Params) -> Fields:
    chat = target(world, bot, params)
    return _edited(world, bot, _own(chat, bot, params), {}, params, ())


def _edited(world: World, bot: Bot, found: Fields, content: Fields, params: Params, names: tuple[str, ...]) -> Fields:
    after = {**content, **params.keyboard()}
    names = (*names, "reply_markup")
    if {name: found[name] for name in names if name in found} == after:
        raise bad(_SAME)
    for name in names:
        found.pop(name, None)
    found |= after
    found["edit_date"] = world.date(bot)
    return found


def _delete_message(world: World, bot: Bot, params: Params) -> bool:
    chat = target(world, bot, params)
    found = message_in(chat, params.integer("message_id"), "delete")
    if world.clock.now() - found["date"] > DELETABLE_FOR:
        raise bad("message can't be deleted for everyone")
    del chat.messages[found["message_id"]]
    return True


def _delete_messages(world: World, bot: Bot, params: Params) -> bool:
    chat = target(world, bot, params)
    for number in params.numbers("message_ids"):
        chat.messages.pop(number, None)
    return True


def _set_reaction(world: World, bot: Bot, params: Params) -> bool:
    chat = target(world, bot, params)
    found, wanted = message_in(chat, params.integer("message_id"), "react"), params.json("reaction", "reaction") or []
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise bad("can't parse reaction types JSON object")
    if len(wanted) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(one.get("type") != "emoji" or str(one.get("emoji")).replace("\ufe0f", "") not in REACTIONS for one in wanted):
        raise bad("REACTION_INVALID")
    found["bot_reaction"] = wanted[0]["emoji"] if wanted else ""
    return True


def _answer_query(world: World, bot: Bot, params: Params) -> bool:
    query = world.platform.queries.get(params.text("callback_query_id"))
    if query is None or query["bot"] != bot.id or world.clock.now() - query["at"] > QUERY_LIFE:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    if len(params.text("text")) > 200:
        raise bad("MESSAGE_TOO_LONG")
    query["answer"] = params.text("text")
    query["is_answered"] = True
    return True


def _chat_action(world: World, bot: Bot, params: Params) -> bool:
    if params.text("action") not in ACTIONS:
        raise bad("wrong parameter action in request")
    chat = target(world, bot, params)
    chat.actions[:], chat.acted_at = [params.text("action")], world.clock.now()
    return True


def _read_business(world: World, bot: Bot, params: Params) -> bool:
    chat = known_chat(world, bot, params)
    message_in(chat, params.integer("message_id"), "read")
    chat.marked_read.add(params.integer("message_id"))
    return True


def _delete_business(world: World, bot: Bot, params: Params) -> bool:
    connection = world.platform.connections.get(params.text("business_connection_id"))
    if connection is None or connection.bot_id != bot.id:
        raise bad("business connection not found")
    wanted = params.numbers("message_ids")
    chats = [one for key, one in world.platform.chats.items() if key[1] == connection.id]
    if not any(number in chat.messages for chat in chats for number in wanted):
        raise bad("message to delete not found")
    for chat in chats:
        for number in wanted:
            chat.messages.pop(number, None)
    return True


METHODS: dict[str, Callable[[World, Bot, Params], Any]] = {
    "editMessageText": _edit_text,
    "editMessageCaption": _edit_caption,
    "editMessageReplyMarkup": _edit_markup,
    "deleteMessage": _delete_message,
    "deleteMessages": _delete_messages,
    "setMessageReaction": _set_reaction,
    "answerCallbackQuery": _answer_query,
    "sendChatAction": _chat_action,
    "readBusinessMessage": _read_business,
    "deleteBusinessMessages": _delete_business,
}
