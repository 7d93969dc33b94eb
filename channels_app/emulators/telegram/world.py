"""What a method works with, and the chat it is about."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.telegram.answers import ApiError, bad, forbidden
from channels_app.emulators.telegram.files import Files
from channels_app.emulators.telegram.parameters import Params
from channels_app.emulators.telegram.state import Bot, Chat, Fields, Platform
from channels_app.emulators.telegram.updates import Updates

#: A business account is answered within this many seconds of its customer's last message.
BUSINESS_WINDOW = 24 * 3600


@dataclass(slots=True)
class World:
    """Everything a method may touch. `webhook_changed` is told when a bot's webhook is another one."""

    platform: Platform
    clock: Clock
    files: Files
    updates: Updates
    webhook_changed: Callable[[Bot], None]

    def date(self, bot: Bot) -> int:
        """The present as the platform tells it to a bot."""
        return int(self.clock.now()) + bot.faults.clock_skew_s


type Method = Callable[[World, Bot, Params], Any | Awaitable[Any]]


def target(world: World, bot: Bot, params: Params, name: str = "chat_id") -> Chat:
    """The chat that a call writes to. Raises ApiError when the bot cannot."""
    chat = known_chat(world, bot, params, name)
    if chat.connection:
        _check_business(world, chat)
    if chat.state == "migrated":
        raise ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.moved_to)
    if chat.state == "kicked":
        raise forbidden(f"bot was kicked from the {'supergroup' if chat.type == 'supergroup' else 'group'} chat")
    if chat.person is not None and chat.person.is_deactivated:
        raise forbidden("user is deactivated")
    if chat.state == "blocked":
        raise forbidden("bot was blocked by the user")
    return chat


def known_chat(world: World, bot: Bot, params: Params, name: str = "chat_id") -> Chat:
    """The chat that a call names. Raises ApiError."""
    value, connection = params.text(name).strip(), params.text("business_connection_id")
    if not value:
        raise bad(f"{name} is empty")
    if connection:
        found = world.platform.connections.get(connection)
        if found is None or found.bot_id != bot.id:
            raise bad("business connection not found")
    chat = world.platform.chat(bot, int(value), connection) if value.lstrip("-").isdecimal() else None
    if chat is None and connection:
        raise bad("BUSINESS_PEER_INVALID")
    if chat is None and value.isdecimal() and int(value) in world.platform.people:
        raise forbidden("bot can't initiate conversation with a user")
    if chat is None:
        raise bad("chat not found")
    return chat


def message_in(chat: Chat, number: int, what: str) -> Fields:
    """A message of a chat. Raises ApiError."""
    if number <= 0:
        raise bad("message identifier is not specified")
    found = chat.messages.get(number)
    if found is None:
        raise bad(f"message to {what} not found")
    return found


def _check_business(world: World, chat: Chat) -> None:
    connection = world.platform.connections[chat.connection]
    if not connection.is_enabled or not connection.can_reply:
        raise bad("BUSINESS_CONNECTION_NOT_ALLOWED")
    if int(world.clock.now()) - chat.written_at > BUSINESS_WINDOW:
        raise bad("BUSINESS_PEER_USAGE_MISSING")
