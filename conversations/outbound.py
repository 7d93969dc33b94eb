"""The doors to what channels carry out. Channels stand above conversations and fill them in."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from conversations.models import Conversation, Message

type Courier = Callable[["Message"], None]
#: Told the workspace, the conversation and its channel.
type Typist = Callable[[UUID, UUID, str], None]

_couriers: list[Courier] = []
_checks: list[Courier] = []
_typists: list[Typist] = []
_readers: list[Callable[["Conversation"], None]] = []


def register_courier(courier: Courier) -> None:
    """Name the function that queues a message's delivery in the caller's transaction."""
    _couriers[:] = [courier]


def register_check(check: Courier) -> None:
    """Name the function that refuses messages which may not go out. It raises ValidationError, in words for the agent."""
    _checks[:] = [check]


def check(message: "Message") -> None:
    """Refuse a message, not yet stored, that its channel's rules or its contact's wish forbid. Raises ValidationError."""
    for one in _checks:
        one(message)


def queue_delivery(message: "Message") -> None:
    """Queue the delivery of an outbound message. Raises RuntimeError when no courier is registered."""
    if not _couriers:
        raise RuntimeError("No courier is registered: channels_app must be installed.")
    _couriers[0](message)


def register_typist(typist: Typist) -> None:
    """Name the function that lets a contact know that somebody types to them."""
    _typists[:] = [typist]


def tell_typing(workspace_id: UUID, conversation_id: UUID, channel: str) -> None:
    """Let a conversation's contact know that somebody types; lost without harm."""
    for typist in _typists:
        typist(workspace_id, conversation_id, channel)


def register_reader(reader: Callable[["Conversation"], None]) -> None:
    """Name the function that lets a contact know that what they wrote has been read."""
    _readers[:] = [reader]


def tell_read(conversation: "Conversation") -> None:
    """Let a conversation's contact know, after commit, that somebody has read their newest message."""
    for reader in _readers:
        reader(conversation)
