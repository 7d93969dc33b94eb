"""What channels say, in one language: the events that adapters parse into and that `services.inbound` applies.

They are plain data; a channel that lacks a thing leaves it out. `provider_id` is the platform's id of a message,
unique within the inbox.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


class NotYetError(Exception):
    """An event speaks of something that has not come yet (a receipt before its message): keep it and try again."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A general identity that came with a sender: an e-mail typed into a form (not verified), one proven by a token."""

    kind: str
    value: str
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Sender:
    """The author as the channel knows them: `kind` and `value` are an identity of the inbox."""

    kind: str
    value: str
    name: str = ""
    language: str = ""
    is_verified: bool = False
    claims: tuple[Claim, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A contact wrote. `uploads` are attachments stored before the message, by id; `data` is what is not text."""

    sender: Sender
    provider_id: str
    occurred_at: datetime
    text: str = ""
    content_type: str = "text"
    data: dict[str, Any] = field(default_factory=dict)
    uploads: tuple[UUID, ...] = ()
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class MessageEdited:
    sender: Sender
    provider_id: str
    text: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    sender: Sender
    provider_id: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A contact reacted to a message, or took the reaction back (`emoji` empty)."""

    sender: Sender
    provider_id: str
    emoji: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """A platform's word on an outbound message: sent, delivered, read or failed."""

    provider_id: str
    status: str
    occurred_at: datetime
    error_code: str = ""


@dataclass(frozen=True, slots=True)
class ReadUpTo:
    """The contact has read everything up to the message with this number in their live conversation."""

    sender: Sender
    seq: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveredUpTo:
    """The contact's device has received everything up to the message with this number."""

    sender: Sender
    seq: int
    occurred_at: datetime


type Normalised = InboundMessage | MessageEdited | MessageDeleted | ReactionChanged | Receipt | ReadUpTo | DeliveredUpTo
