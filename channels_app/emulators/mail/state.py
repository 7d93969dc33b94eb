"""What the world of mail holds: mailboxes, what was taken, behaviours, accounts' grants. In memory."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

MAX_KEPT = 10_000


@dataclass(slots=True)
class Letter:
    """A mail in a mailbox; `mark` is its UIDL."""

    mark: str
    content: bytes


@dataclass(slots=True)
class Mailbox:
    """A mailbox: who signs in to it, unless it is locked, and its mail, oldest first."""

    address: str
    password: str
    letters: list[Letter] = field(default_factory=list)
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail that the server took from a client."""

    account: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    at: float


@dataclass(slots=True)
class Grant:
    """What a person allowed: `refresh_token` lives until it is revoked."""

    address: str
    refresh_token: str
    is_revoked: bool = False


@dataclass
class World:
    """Everything. `now` is the emulator's clock; `taken` is what clients sent, `people` what customers wrote."""

    now: Callable[[], float]
    random: Random
    mailboxes: dict[str, Mailbox] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    people: list[Taken] = field(default_factory=list)
    behaviours: dict[str, dict[str, object]] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    codes: dict[str, tuple[str, str, str]] = field(default_factory=dict)
    grants: list[Grant] = field(default_factory=list)
    access: dict[str, tuple[str, float]] = field(default_factory=dict)
    count: int = 0

    def number(self) -> int:
        self.count += 1
        return self.count

    def secret(self) -> str:
        return f"{self.random.getrandbits(160):040x}"

    def mailbox(self, address: str) -> Mailbox | None:
        """The mailbox of an address, whatever stands behind a plus."""
        local, _at, domain = address.lower().rpartition("@")
        return self.mailboxes.get(f"{local.partition('+')[0]}@{domain}")

    def put(self, sender: str, recipient: str, content: bytes) -> str:
        """Put a mail into the recipient's mailbox, as a server delivers it; its mark, empty where there is no mailbox."""
        found = self.mailbox(recipient)
        if found is None:
            return ""
        trace = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        letter = Letter(hashlib.sha256(f"{self.number()}".encode() + content).hexdigest()[:24], trace + content)
        found.letters.append(letter)
        del found.letters[:-MAX_KEPT]
        return letter.mark

    def is_password(self, user: str, password: str) -> bool:
        found = self.mailboxes.get(user.lower())
        return found is not None and found.password == password and not found.is_locked

    def is_token(self, user: str, token: str) -> bool:
        """Whether an access token is good for an address now."""
        address, until = self.access.get(token, ("", 0.0))
        mailbox = self.mailboxes.get(address)
        is_locked = mailbox is not None and mailbox.is_locked
        return bool(address) and address == user.lower() and until > self.now() and not is_locked
