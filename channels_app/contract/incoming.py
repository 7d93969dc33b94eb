"""What comes in: webhooks as they came, the events cut from them, and sources that are listened to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol


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
class Envelope:
    """One event of a webhook, to be stored. A repeated `key` within the inbox is the same event.

    Events of one `sender` are applied in the order in which they came. `account`: the event is for the inbox that is this
    account of the platform (`Connection.account`), whichever address the webhook came to, or for all that stand under it
    (`Connection.parent`).
    """

    key: str
    sender: str
    body: bytes
    account: str = ""


class Post(Protocol):
    """Stores envelopes durably, with the place in the source up to which they reach; returns after commit.

    `cursor` is kept with the inbox and holds no personal data. Raises StopListeningError when the inbox is not ours any more.
    """

    def __call__(self, envelopes: Sequence[Envelope], cursor: Mapping[str, Any]) -> None: ...


class StopListeningError(Exception):
    """This process no longer listens for the inbox: another has it, or it was changed, switched off or the process ends."""
