"""From a stored update to normalised events. Pure.

Service messages (members, titles, pins, calls) make nothing: nobody said anything to the company. The one that moves a
group to a new address does. A live location is taken as the place it was first shared from: its movements come as
edits without a text and make nothing. Polls, channel posts, inline queries, payments and joins are none of a
conversation's and make nothing. An update of a kind that does not exist yet makes nothing either.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from channels_app.adapters.telegram.addresses import Address, bot_in
from channels_app.adapters.telegram.business import connection_in
from channels_app.adapters.telegram.content import content_of
from channels_app.adapters.telegram.fields import needed, number
from channels_app.adapters.telegram.people import author_of, origin_of, sender_of
from channels_app.adapters.telegram.policy import concerns_us, is_group
from channels_app.content import Content
from channels_app.contract import UnparsableError
from channels_app.json_fields import Fields, part, parts, words
from conversations.normalised import (
    AddressChanged,
    Echo,
    Errand,
    InboundMessage,
    MessageDeleted,
    MessageEdited,
    Normalised,
    Reachable,
    ReactionChanged,
)

#: What a webhook is asked for; the reactions are left out by the platform unless they are named.
ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "message_reaction",
    "my_chat_member",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
)
#: Beside the update, set at intake: some kinds of update tell no time.
RECEIVED_AT = "chatzee_received_at"
#: A Telegram Business account is answered within this time of the customer's last message.
ANSWER_WITHIN = timedelta(hours=24)
#: Stands for reactions that are no character: custom emoji, and Telegram's stars.
OTHER_REACTION = "⭐"

type Settings = Mapping[str, Any]


def parse(body: bytes, settings: Settings) -> Sequence[Normalised]:
    """The normalised events of one update. Raises UnparsableError."""
    try:
        update = orjson.loads(body)
    except ValueError:
        raise UnparsableError("An update that is no JSON") from None
    if not isinstance(update, dict):
        raise UnparsableError("An update that is no object")
    try:
        for kind, read in _READERS.items():
            if kind in update:
                return read(_object(update, kind), update, settings)
    except (ArithmeticError, OSError, TypeError, ValueError) as error:
        raise UnparsableError(f"{type(error).__name__} in an update") from error
    return []


def _object(update: Fields, kind: str) -> Fields:
    found = update[kind]
    if not isinstance(found, dict):
        raise UnparsableError(f"{kind} is no object")
    return found


def address_in(message: Fields, settings: Settings) -> Address:
    """The chat of a message or of what else tells one. Raises UnparsableError."""
    return Address(bot_in(settings), needed(part(message, "chat"), "id"), words(message, "business_connection_id", 128))


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _received(update: Fields) -> datetime:
    return _time(number(update, RECEIVED_AT))


def _message(message: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    address = address_in(message, settings)
    moved = _moved(message, address)
    if moved:
        return moved
    content = content_of(message) if concerns_us(message, settings) else None
    if content is None:
        return []
    user = part(message, "from")
    return [
        InboundMessage(
            sender=sender_of(address, user, part(message, "chat")),
            provider_id=address.message(needed(message, "message_id")),
            occurred_at=_time(needed(message, "date")),
            text=content.text,
            content_type=content.content_type,
            data=_facts(message, content),
            reply_to=_reply_to(message, address),
            files=content.files,
            is_automatic=user.get("is_bot") is True or message.get("is_from_offline") is True,
        )
    ]


def _moved(message: Fields, address: Address) -> Sequence[Normalised]:
    """A group became a supergroup: its old chat names the new one, and the other way round."""
    at, chat = _time(needed(message, "date")), part(message, "chat")
    if new := number(message, "migrate_to_chat_id"):
        return [AddressChanged(sender_of(address, {}, chat), Address(address.bot, new).value, at)]
    if old := number(message, "migrate_from_chat_id"):
        return [AddressChanged(sender_of(Address(address.bot, old), {}, chat), address.value, at)]
    return []


def _reply_to(message: Fields, address: Address) -> str:
    replied = part(message, "reply_to_message")
    return address.message(number(replied, "message_id")) if number(replied, "message_id") > 0 else ""


def _facts(message: Fields, content: Content) -> dict[str, Any]:
    """What is not text: the content's own facts, and how the message stands among others."""
    chat, external = part(message, "chat"), part(message, "external_reply")
    story, command = part(message, "reply_to_story"), _start(words(message, "text"))
    facts: dict[str, Any] = {
        "album": words(message, "media_group_id", 64),
        "author": author_of(message) if is_group(chat) else {},
        "forwarded_from": origin_of(part(message, "forward_origin")),
        "quote": words(part(message, "quote"), "text", 1024),
        "external_reply": origin_of(part(external, "origin")),
        "reply_to_story": number(story, "id"),
        "via_bot": words(part(message, "via_bot"), "username", 64),
        "topic": number(message, "message_thread_id"),
        "is_protected": message.get("has_protected_content") is True,
        "referral": command,
        "answer_until": _answer_until(message),
    }
    return {**content.data, **{name: value for name, value in facts.items() if value}}


def _start(text: str) -> str:
    """The payload of a deep link, which the app sends as `/start payload`."""
    command, _space, payload = text.partition(" ")
    return payload.strip()[:64] if command.partition("@")[0] == "/start" else ""


def _answer_until(message: Fields) -> str:
    if not words(message, "business_connection_id", 128):
        return ""
    return (_time(needed(message, "date")) + ANSWER_WITHIN).isoformat()


def _edited(message: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    if not concerns_us(message, settings):
        return []
    content = content_of(message)
    if content is None or content.content_type == "location":
        return []
    address = address_in(message, settings)
    at = _time(number(message, "edit_date") or needed(message, "date"))
    sender = sender_of(address, part(message, "from"), part(message, "chat"))
    return [MessageEdited(sender, address.message(needed(message, "message_id")), content.text, at)]


def _business_message(message: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    """A message of a Telegram Business account's chat: from its customer, from its owner, or our own coming back."""
    author = part(message, "sender_business_bot")
    if str(number(author, "id")) == str(settings.get("bot_id", "")) and author:
        return []
    if number(part(message, "from"), "id") == needed(part(message, "chat"), "id"):
        return _message(message, update, settings)
    content, address = content_of(message), address_in(message, settings)
    if content is None:
        return []
    return [
        Echo(
            to=sender_of(address, {}, part(message, "chat")),
            provider_id=address.message(needed(message, "message_id")),
            occurred_at=_time(needed(message, "date")),
            text=content.text,
            content_type=content.content_type,
            data=_facts(message, content),
            files=content.files,
            reply_to=_reply_to(message, address),
        )
    ]


def _edited_business(message: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    """The customer's edits only: what the owner changes on the phone stays here as it was first seen."""
    if number(part(message, "from"), "id") != needed(part(message, "chat"), "id"):
        return []
    return _edited(message, update, settings)


def _deleted_business(found: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    address, numbers = address_in(found, settings), found.get("message_ids")
    sender, at = sender_of(address, {}, part(found, "chat")), _received(update)
    ids = [one for one in numbers if isinstance(one, int)] if isinstance(numbers, list) else []
    return [MessageDeleted(sender, address.message(one), at) for one in ids]


def _reaction(found: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    address = address_in(found, settings)
    sender = sender_of(address, part(found, "user"), part(found, "chat"))
    emoji = _emoji(parts(found, "new_reaction"))
    return [ReactionChanged(sender, address.message(needed(found, "message_id")), emoji, _time(needed(found, "date")))]


def _emoji(reactions: Sequence[Fields]) -> str:
    """The newest reaction that is a character; of several others, one star; empty when all were taken back."""
    plain = [words(one, "emoji", 16) for one in reactions if words(one, "type") == "emoji"]
    return plain[-1] if plain else OTHER_REACTION if reactions else ""


def _button(query: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    """A pressed button, as a message with what it stands for; Telegram shows a clock on it until it is answered."""
    query_id, user, message = words(query, "id", 64), part(query, "from"), part(query, "message")
    answer = Errand("answer_callback", {"callback_query_id": query_id})
    chat = part(message, "chat") or {"id": needed(user, "id"), "type": "private"}
    address = Address(bot_in(settings), needed(chat, "id"), words(message, "business_connection_id", 128))
    value = words(query, "data", 64)
    label = _label(message, value)
    data: dict[str, Any] = {"button": {"text": label, "data": value}}
    if is_group(chat):
        data["author"] = author_of({"from": user})
    pressed = InboundMessage(
        sender=sender_of(address, user, chat),
        provider_id=f"{address.bot}/callback:{query_id}",
        occurred_at=_received(update),
        text=label or value,
        content_type="button",
        data=data,
        reply_to=address.message(number(message, "message_id")) if message else "",
    )
    return [pressed, answer]


def _label(message: Fields, value: str) -> str:
    rows = part(message, "reply_markup").get("inline_keyboard")
    buttons = [one for row in rows if isinstance(row, list) for one in row] if isinstance(rows, list) else []
    return next((words(one, "text", 128) for one in buttons if isinstance(one, dict) and one.get("callback_data") == value), "")


def _membership(found: Fields, update: Fields, settings: Settings) -> Sequence[Normalised]:
    """The bot itself was blocked or unblocked, removed from a group or added to it."""
    status = words(part(found, "new_chat_member"), "status", 32)
    if not status or words(part(found, "chat"), "type") == "channel":
        return []
    sender = sender_of(address_in(found, settings), part(found, "from"), part(found, "chat"))
    return [Reachable(sender, status not in ("kicked", "left"), _time(needed(found, "date")))]


_READERS: dict[str, Callable[[Fields, Fields, Settings], Sequence[Normalised]]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _button,
    "message_reaction": _reaction,
    "my_chat_member": _membership,
    "business_connection": lambda found, update, _settings: connection_in(found, update),
    "business_message": _business_message,
    "edited_business_message": _edited_business,
    "deleted_business_messages": _deleted_business,
}
