"""What goes out: messages with their files, and what is done at a platform besides."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file of an outbound message; `read` gives its bytes, decrypted.

    `link` makes a public address of it that is good for an hour, for platforms that fetch files themselves.
    """

    id: UUID
    name: str
    content_type: str
    size: int
    read: Callable[[], bytes] = bytes
    link: Callable[[], str] = str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An outbound message as an adapter needs it. `reference` is ours, stable over retries: an idempotency key.

    `to` is the identity's value, `also` are its others, `name` is the contact's. `reply_to` is the platform's id of the
    message it answers; `earlier` are those of the conversation's last messages, oldest first, where the channel has a
    subject. `data` is the message's own (subject, copies; `buttons`: id and title of each; `list`: its button and rows;
    `template`: name, language and filled components). `is_automatic`: no person wrote it. `is_late`: the standard window
    has closed, the one for people has not.
    """

    reference: UUID
    to: str
    text: str
    files: Sequence[OutgoingFile] = ()
    reply_to: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    conversation: UUID | None = None
    name: str = ""
    subject: str = ""
    earlier: Sequence[str] = ()
    author: str = ""
    is_automatic: bool = False
    is_late: bool = False
    also: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """The platform took the message: its id there, and the status that this proves.

    `more_ids`: the ids of further parts, where one message of ours became several there (an album). `code`: a key of the
    adapter's error table for what the agent should know all the same (a copy that was refused).
    """

    provider_id: str
    status: str = "sent"
    occurred_at: datetime | None = None
    more_ids: Sequence[str] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do at the platform that is no message: `typing`, `read`, `edit`, `delete`, `react`, or an adapter's own.

    `to` is the identity's value, `provider_id` the message it is about; `data` is an `Errand`'s.
    """

    kind: str
    to: str = ""
    provider_id: str = ""
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket of the platform, filled `per_second`, holding `burst`; `key` names it within the inbox."""

    key: str
    per_second: float
    burst: int
