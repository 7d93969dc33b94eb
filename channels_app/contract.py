"""The adapter contract: what a channel's folder must offer, and nothing else about it is known elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django_stubs_ext import StrOrPromise

from conversations.normalised import Normalised


class Feature(StrEnum):
    """What a channel can do beyond text; composer and services ask, nobody asks for the channel's name."""

    ATTACHMENTS = "attachments"
    REPLY_TO = "reply_to"
    REACTIONS = "reactions"
    EDIT = "edit"
    DELETE = "delete"
    TYPING = "typing"
    DELIVERED = "delivered"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A channel's features and limits. `max_text` in characters, `max_file` in bytes.

    `is_idempotent`: the platform takes our reference as a key, so that a repeated send arrives once.
    """

    features: frozenset[Feature]
    max_text: int
    max_file: int
    max_files: int = 10
    is_idempotent: bool = False


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A webhook as it came: header names in lower case, the body's raw bytes, the client's address."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    client_ip: str


@dataclass(frozen=True, slots=True)
class InboxConfig:
    """What an adapter may know of an inbox: its ids, public key and the adapter's own settings, decrypted."""

    id: UUID
    workspace_id: UUID
    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event of a webhook, to be stored. A repeated `key` within the inbox is the same event.

    Events of one `sender` are applied in the order in which they came.
    """

    key: str
    sender: str
    body: bytes


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of an outbound message; `read` gives its bytes."""

    id: UUID
    name: str
    content_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbound message as an adapter needs it. `reference` is ours, stable over retries: an idempotency key."""

    reference: UUID
    to: str
    text: str
    files: Sequence[OutgoingFile] = ()
    reply_to: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message: its id there, and the status that this proves."""

    provider_id: str
    status: str = "sent"
    occurred_at: datetime | None = None


class ChannelError(Exception):
    """A send that did not work. `code` is a key of the adapter's error table; `permanent` errors are not retried.

    `is_ambiguous`: the platform may have taken the message (it is never sent again by itself). `retry_after`: seconds
    that the platform asks us to wait. `stops_inbox`: credentials are void, the whole inbox pauses.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        is_ambiguous: bool = False,
        stops_inbox: bool = False,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.is_ambiguous = is_ambiguous
        self.stops_inbox = stops_inbox


class UnsupportedFeatureError(ChannelError):
    """The channel cannot carry this; nothing was sent."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(f"unsupported.{feature}", permanent=True)


class RefusedError(Exception):
    """A webhook that is not authentic (`status` 401 or 403) or not a webhook (400). It is not stored, it is counted."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


class UnparsableError(Exception):
    """An authentic event that the adapter cannot read: it goes to quarantine with this cause."""


class Adapter(ABC):
    """A channel. Instances hold no state: one serves every inbox of the channel in every process."""

    slug: ClassVar[str]
    name: ClassVar[StrOrPromise]
    icon: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    #: What agents read for each error code: what happened and what to do.
    errors: ClassVar[Mapping[str, StrOrPromise]]
    config_form: ClassVar[type[forms.Form]]

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        """The settings of a new inbox: what its form gave, and the secrets that the channel makes for it."""
        return given

    @abstractmethod
    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        """Prove that a webhook is authentic, over its raw bytes, and cut it into events. Raises RefusedError.

        Runs in the edge process: no database, no network, constant-time comparisons, fails closed.
        """

    @abstractmethod
    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        """Turn a stored event into normalised ones. Pure: the same bytes give the same result. Raises UnparsableError."""

    @abstractmethod
    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        """Hand a message to the platform. Raises ChannelError. Called outside any transaction."""
