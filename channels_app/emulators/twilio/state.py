"""What the emulated Twilio knows."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from channels_app.emulators.faults import Faults

type Fields = dict[str, Any]


@dataclass(slots=True)
class Media:
    """A file of a message."""

    sid: str
    content_type: str
    content: bytes


@dataclass(slots=True)
class Message:
    """A message in either direction. `status` is Twilio's; `callback` is told of each."""

    sid: str
    sender: str
    to: str
    body: str
    is_inbound: bool
    status: str
    at: float
    segments: int = 1
    service: str = ""
    callback: str = ""
    error_code: int = 0
    media: list[Media] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """An account with its numbers (each with the address of its webhook), services and messages."""

    sid: str
    auth_token: str
    name: str
    keys: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    services: dict[str, str] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    opted_out: set[tuple[str, str]] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    fails_with: dict[str, int] = field(default_factory=dict)
    shared_key: str = ""
    is_revoked: bool = False
    has_advanced_opt_out: bool = True


class Platform:
    """Every account, and the numbers from which ids are made."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  # the same seed plays the same
        self.accounts: dict[str, Account] = {}
        self.outbox: list[Fields] = []

    def sid(self, prefix: str) -> str:
        """A new id."""
        return f"{prefix}{self.random.getrandbits(128):032x}"
