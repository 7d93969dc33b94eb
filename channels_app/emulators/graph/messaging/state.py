"""What pages and Instagram accounts know: people, chats, comments, files."""

from dataclasses import dataclass, field
from typing import Any

from channels_app.emulators.faults import RateLimit
from channels_app.emulators.graph.provider import Graph

type Fields = dict[str, Any]

#: A person's message opens the window for so many seconds, and so many for what people answer.
WINDOW, HUMAN_WINDOW = 24 * 3600, 7 * 24 * 3600
#: Calls a second of an account: texts and pictures, sounds and films.
TEXT_RATE, MEDIA_RATE = 300, 10
#: For how long a story can be seen, and a comment be answered in private.
STORY_LIFE, COMMENT_LIFE = 24 * 3600, 7 * 24 * 3600


@dataclass(slots=True)
class Person:
    """Somebody as one account knows them. `is_online`: their phone receives; `reads`: they open the chat at once."""

    id: str
    name: str
    username: str = ""
    is_online: bool = True
    reads: bool = False
    has_blocked: bool = False


@dataclass(slots=True)
class Message:
    """A message of a chat. `tick` is what its sender sees of it, `file` the key of what hangs on it."""

    id: str
    is_ours: bool
    type: str
    text: str
    at: float
    reply_to: str = ""
    file: str = ""
    tick: str = "sent"
    metadata: str = ""
    app_id: str = ""
    buttons: list[Fields] = field(default_factory=list)
    reactions: dict[str, str] = field(default_factory=dict)
    is_edited: bool = False
    is_deleted: bool = False
    is_seen: bool = False


@dataclass(slots=True)
class Chat:
    """What an account and a person wrote to each other. `written_at` is when the person last did.

    `is_standby`: another app answers them at the moment.
    """

    person: Person
    messages: dict[str, Message] = field(default_factory=dict)
    written_at: float = 0.0
    typing_until: float = 0.0
    is_standby: bool = False


@dataclass(slots=True)
class Comment:
    """Somebody's words under a post."""

    id: str
    person: Person
    text: str
    at: float
    is_answered: bool = False


@dataclass(slots=True)
class File:
    """A file. Its address ends at `ends_at`."""

    key: str
    account: str
    name: str
    content_type: str
    content: bytes
    ends_at: float


@dataclass(slots=True)
class Account:
    """A page (`about` page) or an Instagram account. `page` is the page that an Instagram account is linked to, if any."""

    id: str
    name: str
    about: str
    graph: Graph
    username: str = ""
    page: str = ""
    chats: dict[str, Chat] = field(default_factory=dict)
    comments: dict[str, Comment] = field(default_factory=dict)
    texts: RateLimit = field(default_factory=lambda: RateLimit(TEXT_RATE, TEXT_RATE))
    media: RateLimit = field(default_factory=lambda: RateLimit(MEDIA_RATE, MEDIA_RATE))

    @property
    def is_page(self) -> bool:
        return self.about == "page"

    @property
    def node(self) -> str:
        """The node that is subscribed to, and that sends."""
        return self.page or self.id


class Business:
    """All of it."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.files: dict[str, File] = {}
        #: Files that were handed over, by the id that they are sent by: their account and key.
        self.attachments: dict[str, tuple[str, str]] = {}
        self.outbox: list[Fields] = []

    def of_node(self, node: str, person: str, about: str = "") -> Account | None:
        """The account that a node sends as: its page's, or the Instagram account linked to it that knows the person."""
        found = [one for one in self.accounts.values() if one.node == node and about in ("", one.about)]
        knows = [one for one in found if person in one.chats or person in one.comments]
        return next(iter(knows or found), None)
