"""Where a message goes: a chat, for Telegram Business together with the connection through which it is reached.

`value` is the identity's value: the person's chat is the same for every bot. A message's number is unique within one
bot's view of one chat only, so its provider id starts with both: an inbox may be given another bot.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.contract import ChannelError


@dataclass(frozen=True, slots=True)
class Address:
    """A chat as a bot sees it. `connection` is the id of the business connection, empty for the bot's own chats."""

    bot: str
    chat: int
    connection: str = ""

    @property
    def value(self) -> str:
        return f"{self.connection}:{self.chat}" if self.connection else str(self.chat)

    def message(self, number: int) -> str:
        """The provider id of a message of this chat."""
        return f"{self.bot}/{self.value}:{number}"

    def number_of(self, provider_id: str) -> int | None:
        """The chat's own number of a message, or None when the message is not of this chat."""
        place, _colon, found = provider_id.rpartition(":")
        return int(found) if place == f"{self.bot}/{self.value}" and found.isdecimal() else None


def bot_in(settings: Mapping[str, Any]) -> str:
    """The id of an inbox's bot: its token begins with it, also after the token was changed for a new one."""
    return str(settings.get("token") or "").partition(":")[0]


def address_of(value: str, bot: str) -> Address:
    """The address that an identity's value names. Raises ChannelError."""
    connection, _colon, chat = value.rpartition(":")
    try:
        return Address(bot, int(chat), connection)
    except ValueError:
        raise ChannelError("chat_not_found", permanent=True) from None


def place_of(provider_id: str, bot: str) -> tuple[Address, int]:
    """The chat of a message and its number there. Raises ChannelError for one that is not of this bot."""
    owner, _slash, place = provider_id.partition("/")
    value, _colon, found = place.rpartition(":")
    if owner != bot or not found.isdecimal():
        raise ChannelError("message_gone", permanent=True)
    return address_of(value, bot), int(found)
