"""What WhatsApp knows: business accounts, numbers, customers, their chats, files."""

from dataclasses import dataclass, field
from typing import Any

from channels_app.emulators.faults import RateLimit
from channels_app.emulators.graph.state import Webhook

type Fields = dict[str, Any]

#: A customer's message opens the window for so many seconds.
WINDOW = 24 * 3600
#: Messages a second of a number, and of one whose phone goes on using it.
THROUGHPUT, THROUGHPUT_SHARED = 80, 20
#: One message in so many seconds to the same person, after a burst.
PAIR_SECONDS, PAIR_BURST = 6.0, 15


@dataclass(slots=True)
class Template:
    """A template of a business account."""

    id: str
    name: str
    language: str
    category: str
    components: list[Fields]
    status: str = "APPROVED"
    reason: str = "NONE"

    @property
    def json(self) -> Fields:
        found = {"id": self.id, "name": self.name, "language": self.language, "status": self.status}
        first = str(self.component("BODY").get("text") or "").partition("{{")[2].strip()[:1]
        found["parameter_format"] = "NAMED" if first.isalpha() else "POSITIONAL"
        return {**found, "category": self.category, "components": self.components, "rejected_reason": self.reason}

    def component(self, kind: str) -> Fields:
        return next((one for one in self.components if one.get("type") == kind), {})


@dataclass(slots=True)
class Account:
    """A WhatsApp Business Account."""

    id: str
    name: str
    templates: dict[str, Template] = field(default_factory=dict)


@dataclass(slots=True)
class Customer:
    """A person with WhatsApp. `mode` is what businesses see of them: both, phone (no id), id (a number hidden by a
    username), or id_for_phone (the id stands where the number was).

    `is_online`: their phone receives. `reads`: they open the chat as soon as something comes.
    """

    phone: str
    user_id: str
    name: str
    username: str = ""
    parent_id: str = ""
    mode: str = "both"
    is_online: bool = True
    reads: bool = False
    has_account: bool = True
    has_stopped_offers: bool = False
    has_blocked: bool = False
    #: The line in which what they do stays in order, whatever number and id they have by then.
    line: str = ""

    def __post_init__(self) -> None:
        self.line = self.line or self.user_id or self.phone


@dataclass(slots=True)
class Message:
    """A message of a chat. `content` is as the API writes it; `tick` is what its sender sees of it."""

    id: str
    is_ours: bool
    type: str
    content: Fields
    at: float
    reply_to: str = ""
    tick: str = "accepted"
    error: int = 0
    callback: str = ""
    category: str = "service"
    reactions: dict[str, str] = field(default_factory=dict)
    is_edited: bool = False
    is_deleted: bool = False
    is_seen: bool = False
    #: Numbers of what is still to be told of it; a forced status takes the rest back.
    turn: int = 0


@dataclass(slots=True)
class Chat:
    """What a number and a customer wrote to each other. `written_at` is when the customer last did."""

    customer: Customer
    messages: dict[str, Message] = field(default_factory=dict)
    written_at: float = 0.0
    typing_until: float = 0.0
    pair: RateLimit = field(default_factory=lambda: RateLimit(1 / PAIR_SECONDS, PAIR_BURST))


@dataclass(slots=True)
class Number:
    """A business's number. `errors_at_once`: what fails is told in the answer, else later in a status."""

    id: str
    phone: str
    name: str
    account: Account
    pin: str = ""
    is_registered: bool = True
    is_shared: bool = False
    quality: str = "GREEN"
    limit: str = "TIER_250"
    errors_at_once: bool = False
    webhook: Webhook | None = None
    chats: dict[str, Chat] = field(default_factory=dict)
    throughput: RateLimit = field(default_factory=lambda: RateLimit(THROUGHPUT, THROUGHPUT))

    @property
    def shown(self) -> str:
        return f"+{self.phone}"


@dataclass(slots=True)
class Media:
    """A file. `number` is whose it is; it is gone at `ends_at`."""

    id: str
    number: str
    name: str
    content_type: str
    content: bytes
    ends_at: float


class Business:
    """All of WhatsApp."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.numbers: dict[str, Number] = {}
        self.customers: list[Customer] = []
        self.media: dict[str, Media] = {}
        self.links: dict[str, tuple[str, float]] = {}
        self.outbox: list[Fields] = []

    def customer(self, value: str) -> Customer | None:
        """A customer by number or id."""
        value = value.lstrip("+")
        return next((one for one in self.customers if value in (one.phone, one.user_id, one.parent_id) and value), None)

    def chat(self, number: Number, customer: Customer) -> Chat:
        """The chat of a number and a customer. It is theirs whatever number or id they have by now."""
        for chat in number.chats.values():
            if chat.customer is customer:
                return chat
        return number.chats.setdefault(f"{len(number.chats)}", Chat(customer))
