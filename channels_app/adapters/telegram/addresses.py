"""Where a message goes: a chat, for Telegram Business together with the connection through which it is reached.

`value` is the identity's value; a message's id is unique within its chat only, so its provider id starts with it.
"""

from dataclasses import dataclass

from channels_app.contract import ChannelError


@dataclass(frozen=True, slots=True)
class Address:
    """A chat. `connection` is the id of the business connection, empty for the bot's own chats."""

    chat: int
    connection: str = ""

    @property
    def value(self) -> str:
        return f"{self.connection}:{self.chat}" if self.connection else str(self.chat)

    def message(self, number: int) -> str:
        """The provider id of a message of this chat."""
        return f"{self.value}:{number}"

    def number_of(self, provider_id: str) -> int | None:
        """The chat's own number of a message, or None when the message is not of this chat."""
        value, _colon, found = provider_id.rpartition(":")
        return int(found) if value == self.value and found.isdecimal() else None


def address_of(value: str) -> Address:
    """The address that an identity's value names. Raises ChannelError."""
    connection, _colon, chat = value.rpartition(":")
    try:
        return Address(int(chat), connection)
    except ValueError:
        raise ChannelError("chat_not_found", permanent=True) from None


def place_of(provider_id: str) -> tuple[Address, int]:
    """The chat of a message and its number there. Raises ChannelError."""
    value, _colon, found = provider_id.rpartition(":")
    if not found.isdecimal():
        raise ChannelError("message_gone", permanent=True)
    return address_of(value), int(found)
