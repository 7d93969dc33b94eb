"""What is done at the platform that is no message: typing, read marks, edits, deletions, reactions, answered buttons."""

from collections.abc import Callable
from typing import Any

from channels_app.adapters.telegram.addresses import address_of, place_of
from channels_app.adapters.telegram.api import Bot
from channels_app.adapters.telegram.entities import utf16_length
from channels_app.adapters.telegram.markup import formatted
from channels_app.adapters.telegram.sending import MAX_CAPTION, MAX_TEXT, texts, where
from channels_app.contract import Action, ChannelError


def act(action: Action, bot: Bot) -> None:
    """Do an action; what is done already is no error. Raises ChannelError."""
    do = _ACTIONS.get(action.kind)
    if do is None:
        raise ChannelError("unsupported", permanent=True)
    do(action, bot)


def _typing(action: Action, bot: Bot) -> None:
    bot.call("sendChatAction", {**where(address_of(action.to, bot.id)), "action": "typing"}, is_repeatable=True)


def _read(action: Action, bot: Bot) -> None:
    """Only a Telegram Business account marks messages as read; elsewhere the app does it by itself."""
    address, number = place_of(action.provider_id, bot.id)
    if address.connection:
        bot.call("readBusinessMessage", {**where(address), "message_id": number}, is_repeatable=True)


def _edit(action: Action, bot: Bot) -> None:
    """Give a message another text, or a file another caption: the platform tells which of the two it is."""
    text = formatted(action.text)
    if utf16_length(text.text) > MAX_TEXT:
        raise ChannelError("too_long", permanent=True)
    address, number = place_of(action.provider_id, bot.id)
    target = {**where(address), "message_id": number}
    try:
        _tolerating("not_modified", bot, "editMessageText", {**target, **texts(text)})
    except ChannelError as error:
        if "no text in the message" not in error.detail:
            raise
        if utf16_length(text.text) > MAX_CAPTION:
            raise ChannelError("too_long", permanent=True) from None
        _tolerating("not_modified", bot, "editMessageCaption", {**target, **texts(text, "caption", "caption_entities")})


def _delete(action: Action, bot: Bot) -> None:
    """Delete a message, and with `data["more_ids"]` the further ones that it became at the platform."""
    for provider_id in (action.provider_id, *action.data.get("more_ids", ())):
        address, number = place_of(provider_id, bot.id)
        if address.connection:
            target: dict[str, Any] = {"business_connection_id": address.connection, "message_ids": [number]}
            _tolerating("message_gone", bot, "deleteBusinessMessages", target)
        else:
            _tolerating("message_gone", bot, "deleteMessage", {"chat_id": address.chat, "message_id": number})


def _react(action: Action, bot: Bot) -> None:
    """Set the bot's one reaction, or take it back where the text is empty."""
    address, number = place_of(action.provider_id, bot.id)
    if address.connection:
        raise ChannelError("unsupported", permanent=True)
    # Telegram writes its reactions without the sign that asks for a coloured picture, and takes them no other way.
    emoji = action.text.replace("\N{VARIATION SELECTOR-16}", "")
    reaction = [{"type": "emoji", "emoji": emoji}] if emoji else []
    target = {"chat_id": address.chat, "message_id": number}
    bot.call("setMessageReaction", {**target, "reaction": reaction}, is_repeatable=True)


def _answer_callback(action: Action, bot: Bot) -> None:
    """Take the clock from a pressed button. Too late, it has gone by itself."""
    params = {"callback_query_id": str(action.data.get("callback_query_id", ""))}
    _tolerating("query_over", bot, "answerCallbackQuery", params)


def _tolerating(code: str, bot: Bot, method: str, params: dict[str, Any]) -> None:
    try:
        bot.call(method, params, is_repeatable=True)
    except ChannelError as error:
        if error.code != code:
            raise


_ACTIONS: dict[str, Callable[[Action, Bot], None]] = {
    "typing": _typing,
    "read": _read,
    "edit": _edit,
    "delete": _delete,
    "react": _react,
    "answer_callback": _answer_callback,
}
