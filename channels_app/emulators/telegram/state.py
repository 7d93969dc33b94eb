"""What the platform knows: bots, people, chats with their messages, files, and the updates that wait to be fetched."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from channels_app.emulators.faults import Faults

type Fields = dict[str, Any]

UPDATE_LIFE = 24 * 3600
#: Kinds of update that a bot gets only if it asks for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(slots=True)
class Update:
    """An update of a bot. `queue` names the line it stands in: its chat's, or one of its own."""

    id: int
    kind: str
    payload: Fields
    queue: str
    expires_at: int

    @property
    def json(self) -> Fields:
        return {"update_id": self.id, self.kind: self.payload}


@dataclass(slots=True)
class Webhook:
    """Where a bot's updates go. `allowed` is empty when the bot never said which kinds it wants."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40
    allowed: tuple[str, ...] = ()
    last_error_at: int = 0
    last_error: str = ""


@dataclass(slots=True)
class Bot:
    """A bot. `updates` are those not yet delivered or confirmed, by their id, oldest first."""

    id: int
    token: str
    username: str
    first_name: str
    sees_groups: bool = False
    is_revoked: bool = False
    webhook: Webhook = field(default_factory=Webhook)
    webhook_set_at: float = -10.0
    updates: dict[int, Update] = field(default_factory=dict)
    next_update: int = 1
    faults: Faults = field(default_factory=Faults)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    last_offset: int = 0
    last_poll_at: float = -10.0
    poll: "asyncio.Future[str] | None" = None

    @property
    def user(self) -> Fields:
        return {"id": self.id, "is_bot": True, "first_name": self.first_name, "username": self.username}


@dataclass(slots=True)
class Person:
    """A customer, or the owner of a business account."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    is_deactivated: bool = False
    has_restricted_voice: bool = False

    @property
    def user(self) -> Fields:
        found = {"id": self.id, "is_bot": False, "first_name": self.first_name, "last_name": self.last_name}
        found |= {"username": self.username, "language_code": self.language_code}
        return {name: value for name, value in found.items() if value != ""}


@dataclass(slots=True)
class Chat:
    """A chat as one bot sees it: its own with a person, a group, or a business account's with a person.

    `state` is open, blocked (by the person), kicked, or migrated (to `moved_to`).
    """

    id: int
    type: str
    person: Person | None = None
    title: str = ""
    connection: str = ""
    state: str = "open"
    moved_to: int = 0
    written_at: int = 0
    messages: dict[int, Fields] = field(default_factory=dict)
    marked_read: set[int] = field(default_factory=set)
    actions: list[str] = field(default_factory=list)
    acted_at: float = 0.0

    @property
    def json(self) -> Fields:
        if self.person is not None:
            user = self.person.user
            return {name: user[name] for name in ("id", "first_name", "last_name", "username") if name in user} | {
                "type": "private"
            }
        return {"id": self.id, "title": self.title, "type": self.type}


@dataclass(slots=True)
class Connection:
    """A business account that lets a bot answer for it."""

    id: str
    bot_id: int
    owner: Person
    date: int
    can_reply: bool = True
    is_enabled: bool = True

    @property
    def json(self) -> Fields:
        rights = {"can_reply": True} if self.can_reply else {}
        return {"id": self.id, "user": self.owner.user, "user_chat_id": self.owner.id, "date": self.date, "rights": rights,
                "is_enabled": self.is_enabled}  # fmt: skip


class Platform:
    """All of it. Numbers begin at `first`, so that a process started anew repeats none that a bot has seen."""

    def __init__(self, *, seed: int, first: int) -> None:
        self.random = Random(seed)  # noqa: S311  # the same seed plays the same
        self.first = first
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[tuple[int, str, int], Chat] = {}
        self.connections: dict[str, Connection] = {}
        self.queries: dict[str, Fields] = {}
        self.outbox: list[Fields] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The next number of a series: messages of a chat, people, updates."""
        self._numbers[name] = self._numbers.get(name, self.first - 1) + 1
        return self._numbers[name]

    def bot_by_id(self, bot_id: int) -> Bot | None:
        return next((one for one in self.bots.values() if one.id == bot_id), None)

    def bot_named(self, name: str) -> Bot:
        """A bot by its token, id or username, or the only one there is. Raises KeyError."""
        if not name and len(self.bots) == 1:
            return next(iter(self.bots.values()))
        for bot in self.bots.values():
            if name in (bot.token, str(bot.id), bot.username):
                return bot
        raise KeyError(name)

    def chat(self, bot: Bot, chat_id: int, connection: str = "") -> Chat | None:
        """A chat that the bot knows, through a business connection where one is named."""
        return self.chats.get((bot.id, connection, chat_id))

    def open_chat(self, bot: Bot, person: Person, connection: str = "") -> Chat:
        """The chat with a person, made when they write for the first time."""
        key = (bot.id, connection, person.id)
        if key not in self.chats:
            self.chats[key] = Chat(person.id, "private", person, connection=connection)
        return self.chats[key]

    def add_group(self, bot: Bot, title: str, *, is_super: bool = False, chat_id: int = 0) -> Chat:
        number = self.number("group")
        chat_id = chat_id or (-1_000_000_000_000 - number if is_super else -number)
        chat = Chat(chat_id, "supergroup" if is_super else "group", title=title)
        self.chats[(bot.id, "", chat_id)] = chat
        return chat

    def store(self, chat: Chat, message: Fields) -> Fields:
        """Give a message its number and keep it."""
        number = self.number(f"message {chat.connection} {chat.id}")
        stored = {"message_id": number, **message}
        chat.messages[number] = stored
        return stored
