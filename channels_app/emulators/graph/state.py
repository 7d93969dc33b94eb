"""What Meta knows: apps, people, tokens, codes, nodes, and who is told of what."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from channels_app.emulators.faults import Faults

type Fields = dict[str, Any]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#: A code of the dialog works once, within so many seconds.
CODE_LIFE = 30


@dataclass(slots=True)
class Webhook:
    """Where an app wants the events of one object. `fields` empty: all of them."""

    url: str
    verify_token: str = ""
    fields: frozenset[str] = frozenset()


@dataclass(slots=True)
class App:
    """An app: `webhooks` by object, and the addresses where it is told of people who leave."""

    id: str
    secret: str
    name: str = "Chatzee"
    requires_proof: bool = False
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    deauthorize_url: str = ""
    deletion_url: str = ""


@dataclass(slots=True)
class Token:
    """An access token. `nodes` are those it was granted for, with what belongs to them; empty: all.

    `void` is the subcode of the error that it meets, 0 while it is good. `expires_at` 0: never.
    """

    value: str
    app_id: str
    user_id: str
    kind: str = "SYSTEM_USER"
    nodes: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    issued_at: float = 0.0
    expires_at: float = 0.0
    void: int = 0
    #: The node that `me` is: a page's token acts as the page.
    me: str = ""


@dataclass(slots=True)
class Code:
    """What the dialog gave: it is exchanged for a token once."""

    app_id: str
    user_id: str
    redirect_uri: str
    expires_at: float
    nodes: frozenset[str]
    scopes: tuple[str, ...]
    kind: str = "USER"


@dataclass(slots=True)
class Node:
    """Something with an id. `parent` is the node it belongs to; `account` names whose faults its calls meet."""

    id: str
    kind: str
    value: Any = None
    parent: str = ""
    account: str = ""


@dataclass(slots=True)
class Subscription:
    """That an app hears of a node. `webhook` where it wants that elsewhere than the app's own address."""

    app_id: str
    fields: frozenset[str] = frozenset()
    webhook: Webhook | None = None


class Platform:
    """All of it. Numbers begin at `first`, so that a process started anew repeats none that an app has seen."""

    def __init__(self, *, seed: int, first: int) -> None:
        self.random = Random(seed)  # noqa: S311  # the same seed plays the same
        self.first = first
        self.apps: dict[str, App] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, Code] = {}
        self.nodes: dict[str, Node] = {}
        self.subscriptions: dict[str, dict[str, Subscription]] = {}
        self.faults: dict[str, Faults] = {}
        self.outbox: list[Fields] = []
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """The next number of a series."""
        self._numbers[name] = self._numbers.get(name, self.first - 1) + 1
        return self._numbers[name]

    def letters(self, length: int) -> str:
        """Letters and digits that nobody guesses and a seed repeats."""
        return "".join(self.random.choice(_LETTERS) for _letter in range(length))

    def faults_of(self, account: str) -> Faults:
        """The faults of an account, which are none until somebody sets them."""
        return self.faults.setdefault(account, Faults())

    def add_node(self, node: Node) -> Node:
        self.nodes[node.id] = node
        return node

    def line_of(self, node: Node) -> list[str]:
        """A node's id and those of the nodes it belongs to."""
        found = [node.id]
        while node.parent and node.parent in self.nodes and node.parent not in found:
            node = self.nodes[node.parent]
            found.append(node.id)
        return found

    def may_touch(self, token: Token, node: Node) -> bool:
        """Whether a token was granted for a node or what it belongs to."""
        return not token.nodes or node.id in (token.me, token.user_id) or bool(token.nodes.intersection(self.line_of(node)))

    def add_token(self, app: App, user_id: str, *, now: float, **facts: Any) -> Token:
        """A new token, or the given one, for a person or system user of an app."""
        value = str(facts.pop("value", "") or f"EAA{self.letters(60)}")
        token = Token(value, app.id, user_id, issued_at=now, **facts)
        self.tokens[value] = token
        if user_id not in self.nodes:
            self.add_node(Node(user_id, "user"))
        return token
