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
    """The author as the channel knows them: `kind` and `value` are an identity of the inbox.

    `also`: further values of that kind under which the platform knows this very person, best first (a phone number beside
    a scoped id). Whichever the inbox knows names the contact; the new ones are added to it. Where they are known as
    different contacts nothing is merged: a merge is suggested.
    """

    kind: str
    value: str
    name: str = ""
    language: str = ""
    is_verified: bool = False
    claims: tuple[Claim, ...] = ()
    also: tuple[str, ...] = ()
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InlineFile:
    """A file that came inside the event. `content_id`: how the message's HTML names it, where it is part of that."""

    name: str
    content: bytes
    content_type: str = ""
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file that the platform keeps: `reference` is all that the adapter needs to fetch it. `size` in bytes, 0 unknown."""

    reference: dict[str, Any]
    name: str = ""
    content_type: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a message names besides its sender: an address and, where given, a name."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """Where a message of a channel with threads says that it belongs, best proof first.

    `conversation`: named by a token of ours, which proves that the writer was written to. `answers`: the platform's ids
    of messages it answers, nearest first: they count only if the sender takes part in that conversation. Without any,
    the message opens a conversation of its own.
    """

    subject: str = ""
    conversation: UUID | None = None
    answers: tuple[str, ...] = ()
    others: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A contact wrote. `uploads` are attachments stored before the message, by id; `data` is what is not text.

    `html` is the message's HTML as it came (it is cleaned before it is shown), `original` the whole as it came, where
    that is worth keeping. `is_automatic`: no person wrote it; it wakes nobody and is never answered by itself.
    `data["content_hash"]`, where a channel's ids can be made up by anybody: copies of one message have the same one, and
    another message that bears a known id is one of its own.
    `is_past`: it was written before the inbox was connected and is imported: it opens nothing and wakes nobody.
    """

    sender: Sender
    provider_id: str
    occurred_at: datetime
    text: str = ""
    content_type: str = "text"
    data: dict[str, Any] = field(default_factory=dict)
    uploads: tuple[UUID, ...] = ()
    reply_to: str = ""
    files: tuple[InlineFile | RemoteFile, ...] = ()
    html: str = ""
    original: bytes = b""
    thread: Thread | None = None
    is_automatic: bool = False
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message was changed by its author; `by_company`: one of the company's, changed at the channel itself."""

    sender: Sender
    provider_id: str
    text: str
    occurred_at: datetime
    by_company: bool = False


@dataclass(frozen=True, slots=True)
class MessageDeleted:
    """A message was taken back by its author: its content and files are erased. `by_company` as in `MessageEdited`."""

    sender: Sender
    provider_id: str
    occurred_at: datetime
    by_company: bool = False


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
    #: Our own id of the message, where the platform gave that back instead of its own.
    message: UUID | None = None


@dataclass(frozen=True, slots=True)
class Echo:
    """The company wrote to a contact by the channel itself, from its phone or mail program."""

    to: Sender
    provider_id: str
    occurred_at: datetime
    text: str = ""
    content_type: str = "text"
    data: dict[str, Any] = field(default_factory=dict)
    files: tuple[InlineFile | RemoteFile, ...] = ()
    reply_to: str = ""
    is_past: bool = False


@dataclass(frozen=True, slots=True)
class AddressChanged:
    """A contact is known under another address of the channel from now on; `also` as in `Sender`."""

    sender: Sender
    new_value: str
    occurred_at: datetime
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reachable:
    """A contact blocked the company on the channel, or lets it write again."""

    sender: Sender
    is_reachable: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Errand:
    """The platform wants something done (an answer to a pressed button): `Adapter.act` does it, after commit."""

    kind: str
    data: dict[str, Any] = field(default_factory=dict)


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


@dataclass(frozen=True, slots=True)
class SeenUntil:
    """Everything that was sent to the contact until this moment has been delivered or read."""

    sender: Sender
    status: str
    until: datetime
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class ConsentChanged:
    """The platform says that a contact stopped the company's messages, or allows them again.

    `purpose` is `messages` for all of them, `marketing` for offers and news only.
    """

    sender: Sender
    purpose: str
    is_given: bool
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class AccountNotice:
    """The platform says something of the inbox's account itself.

    `facts` are kept with its health, by the adapter's `fact_names`. `stop`: a key of the adapter's error table: the inbox
    stops and its people are told, once.
    """

    facts: dict[str, str] = field(default_factory=dict)
    stop: str = ""


@dataclass(frozen=True, slots=True)
class TemplateChanged:
    """The platform approved, refused, paused or changed a template."""

    name: str
    language: str
    status: str = ""
    category: str = ""
    reason: str = ""
    provider_id: str = ""


type Normalised = (
    InboundMessage
    | MessageEdited
    | MessageDeleted
    | ReactionChanged
    | Receipt
    | ReadUpTo
    | DeliveredUpTo
    | Echo
    | AddressChanged
    | Reachable
    | Errand
    | SeenUntil
    | ConsentChanged
    | AccountNotice
    | TemplateChanged
)
