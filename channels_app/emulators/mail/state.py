"""What the world of mail holds: mailboxes, what was taken, behaviours, accounts' grants. In memory."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

MAX_KEPT = 10_000
INBOX = "INBOX"


@dataclass(slots=True)
class Letter:
    """A mail in a folder, since `at`. `mark` is its UIDL, `uid` its number for IMAP, as are `flags`."""

    mark: str
    content: bytes
    at: float = 0.0
    uid: int = 0
    flags: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class Folder:
    """A mailbox's folder, its mail oldest first. `watchers` are called after every change, which `version` counts.

    `validity`: which numbers of IMAP count; the second in which the folder was made.
    """

    name: str
    validity: int
    next_uid: int = 1
    version: int = 0
    letters: list[Letter] = field(default_factory=list)
    watchers: set[Callable[[], None]] = field(default_factory=set)

    def add(self, letter: Letter) -> None:
        """Put a letter in, under the next number."""
        letter.uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.letters.append(letter)
        del self.letters[:-MAX_KEPT]
        self.tell()

    def remove(self, marks: Sequence[str]) -> None:
        """Take letters out."""
        self.letters = [one for one in self.letters if one.mark not in marks]
        self.tell()

    def number_anew(self) -> None:
        """Begin with other numbers, as a server does whose index was lost."""
        self.validity, self.next_uid = self.validity + 1, 1
        for one in self.letters:
            one.uid, self.next_uid = self.next_uid, self.next_uid + 1
        self.tell()

    def tell(self) -> None:
        self.version += 1
        for one in tuple(self.watchers):
            one()


@dataclass(slots=True)
class ImapFaults:
    """What goes wrong with a mailbox by IMAP.

    `cut_in`: a command (`FETCH`, `IDLE` …) after `after` bytes of whose answers the connection ends, so many `times`.
    `max_connections`: how many may be signed in (None: any number). `latency_ms`: before each command is answered.
    `piece`: so many bytes are sent at a time, so that lines come in parts (0: all at once).
    """

    cut_in: str = ""
    after: int = 0
    times: int = 1
    max_connections: int | None = None
    latency_ms: int = 0
    piece: int = 0
    has_idle: bool = True


@dataclass(slots=True)
class Mailbox:
    """A mailbox: who signs in to it, unless it is locked, and its folders, the inbox among them."""

    address: str
    password: str
    folders: dict[str, Folder]
    is_locked: bool = False
    imap: ImapFaults = field(default_factory=ImapFaults)

    @property
    def inbox(self) -> Folder:
        return self.folders[INBOX]


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

    def open_mailbox(self, address: str, password: str) -> None:
        """Have a mailbox; a known one gets the password and keeps its mail."""
        name = address.lower()
        if name in self.mailboxes:
            self.mailboxes[name].password, self.mailboxes[name].is_locked = password, False
        else:
            self.mailboxes[name] = Mailbox(name, password, {INBOX: Folder(INBOX, max(1, int(self.now())))})

    def folder(self, mailbox: Mailbox, name: str) -> Folder:
        """A mailbox's folder, which is made where there is none."""
        known = INBOX if name.upper() == INBOX else name
        return mailbox.folders.setdefault(known, Folder(known, max(1, int(self.now()))))

    def put(self, sender: str, recipient: str, content: bytes, folder: str = INBOX) -> str:
        """Put a mail into the recipient's mailbox, as a server delivers it; its mark, empty where there is no mailbox."""
        found = self.mailbox(recipient)
        if found is None:
            return ""
        trace = f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode()
        return self.keep(self.folder(found, folder), trace + content).mark

    def keep(self, folder: Folder, content: bytes) -> Letter:
        """Put a mail into a folder as it is."""
        mark = hashlib.sha256(f"{self.number()}".encode() + content).hexdigest()[:24]
        letter = Letter(mark, content, at=self.now())
        folder.add(letter)
        return letter

    def is_password(self, user: str, password: str) -> bool:
        found = self.mailboxes.get(user.lower())
        return found is not None and found.password == password and not found.is_locked

    def is_token(self, user: str, token: str) -> bool:
        """Whether an access token is good for an address now."""
        address, until = self.access.get(token, ("", 0.0))
        mailbox = self.mailboxes.get(address)
        is_locked = mailbox is not None and mailbox.is_locked
        return bool(address) and address == user.lower() and until > self.now() and not is_locked
