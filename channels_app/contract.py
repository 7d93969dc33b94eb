"""The adapter contract: what a channel's folder must offer, and nothing else about it is known elsewhere."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Protocol
from uuid import UUID

from django import forms
from django_stubs_ext import StrOrPromise

from conversations.normalised import Normalised, RemoteFile, Sender


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
    BUTTONS = "buttons"
    #: Up to `max_choices` answers that people choose from a list, where buttons are too few.
    LISTS = "lists"
    #: Texts that the platform approved, to be sent outside the message window: `templates`.
    TEMPLATES = "templates"
    #: The platform shows people that we have read what they wrote.
    MARK_READ = "mark_read"
    #: A whole message that is a stop word withdraws its writer's consent, and nothing is sent to them until they write start.
    STOP_WORDS = "stop_words"
    SUBJECT = "subject"
    COPIES = "copies"
    #: People leave this channel for good: what they have not read can go on through an inbox that `continues_in` names.
    CONTINUES = "continues"


@dataclass(frozen=True, slots=True)
class Window:
    """How long after a contact's last message the company may write freely; `human`: how long a person still may."""

    standard: timedelta
    human: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A channel's features and limits. `max_text` in characters (`is_text_in_bytes`: in bytes), `max_file` in bytes.

    `window`: None where the company may write at any time. `max_buttons`, `max_choices` and `max_label` (characters of a
    button): what the composer lets people make. `counts_segments`: a text is billed by its segments, as SMS
    are. `has_aliases`: its people may be known by several values (`Outgoing.also`).

    `max_body`: the largest webhook, in bytes. `is_idempotent`: the platform takes our reference as a key, so that a
    repeated send arrives once. `gives_up_after`: how long a delivery that fails for a passing reason is tried again.
    """

    features: frozenset[Feature]
    max_text: int
    max_file: int
    max_files: int = 10
    max_body: int = 4 * 1024 * 1024
    is_text_in_bytes: bool = False
    window: Window | None = None
    max_buttons: int = 0
    max_choices: int = 0
    max_label: int = 20
    counts_segments: bool = False
    has_aliases: bool = False
    is_idempotent: bool = False
    gives_up_after: timedelta = timedelta(hours=6)


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
    """What an adapter may know of an inbox: its ids, public key and the adapter's own settings, decrypted.

    `account` and `source` as in `Connection`; known at the intake only.
    """

    id: UUID
    workspace_id: UUID
    key: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    is_enabled: bool = True
    account: str = ""
    source: str = ""


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
class Connection:
    """What connecting an inbox gave: settings to keep besides the given ones, and what to tell the person, in words.

    `account` is the inbox's id at the platform where one webhook carries events of many accounts, proven by the
    credentials; `parent` the id that stands over several of them (a business account), `source` the app that signs, empty
    for the operator's own; `owner` the platform's id of the person who connected it. `facts`: see `Adapter.fact_names`.
    `choices`: nothing is connected yet, the access is good for these accounts (what `Adapter.chosen` takes, and a name);
    the person is to choose one.
    """

    settings: Mapping[str, Any] = field(default_factory=dict)
    words: StrOrPromise = ""
    expires_at: datetime | None = None
    account: str = ""
    parent: str = ""
    source: str = ""
    owner: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket of the platform, filled `per_second`, holding `burst`; `key` names it within the inbox."""

    key: str
    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text that the platform approved. `components` are described in the adapter's own terms, plain JSON."""

    provider_id: str
    name: str
    language: str
    category: str
    status: str
    components: Sequence[Mapping[str, Any]] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TemplateField:
    """A blank of a template. `is_file`: a file of these content types (`accepts`, as of an input field) goes there."""

    name: str
    label: StrOrPromise
    example: str = ""
    is_file: bool = False
    accepts: str = ""


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """A template with its blanks filled: the text that people read, and what `Outgoing.data["template"]` is to hold."""

    text: str
    data: Mapping[str, Any]


class ChannelError(Exception):
    """A call to a platform that did not work. `code` is a key of the adapter's error table; `permanent` errors are not retried.

    `is_ambiguous`: the platform may have taken the message (it is never sent again by itself). `retry_after`: seconds
    that the platform asks us to wait. `stops_inbox`: credentials are void, the whole inbox pauses. `is_inbox_wide`: the
    platform or our line to it is at fault, not this message: it counts for the inbox's breaker. `new_address`: the
    recipient lives there now (a group became a larger one); the message is sent again, to it. `unreachable`: the
    recipient cannot be written to any more until they write again. `opts_out`: they withdrew their consent at the platform.
    `detail`: the platform's own words, without content.
    """

    def __init__(
        self,
        code: str,
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        is_ambiguous: bool = False,
        stops_inbox: bool = False,
        is_inbox_wide: bool = False,
        new_address: str = "",
        unreachable: bool = False,
        opts_out: bool = False,
        detail: str = "",
    ) -> None:
        super().__init__(code)
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after
        self.is_ambiguous = is_ambiguous
        self.stops_inbox = stops_inbox
        self.is_inbox_wide = is_inbox_wide or stops_inbox
        self.new_address = new_address
        self.unreachable = unreachable
        self.opts_out = opts_out
        self.detail = detail[:200]


class UnsupportedFeatureError(ChannelError):
    """The channel cannot carry this; nothing was sent."""

    def __init__(self, feature: Feature) -> None:
        super().__init__(f"unsupported.{feature}", permanent=True)


class RefusedError(Exception):
    """A webhook that is not authentic (`status` 401 or 403) or not a webhook (400). It is not stored, it is counted.

    `challenge`: what the caller has to prove itself by (WWW-Authenticate), where it asks before it does.
    """

    def __init__(self, status: int, code: str, message: str, *, challenge: str = "") -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.challenge = challenge


class UnparsableError(Exception):
    """An authentic event that the adapter cannot read: it goes to quarantine with this cause."""


class ProofMissingError(Exception):
    """`verify` lacks something public that has to be fetched first (a certificate): `Adapter.fetch_proof(need)` gets it."""

    def __init__(self, need: str) -> None:
        super().__init__("A proof has to be fetched.")
        self.need = need


class Post(Protocol):
    """Stores envelopes durably, with the place in the source up to which they reach; returns after commit.

    `cursor` is kept with the inbox and holds no personal data. Raises StopListeningError when the inbox is not ours any more.
    """

    def __call__(self, envelopes: Sequence[Envelope], cursor: Mapping[str, Any]) -> None: ...


class StopListeningError(Exception):
    """This process no longer listens for the inbox: another has it, or it was changed, switched off or the process ends."""


class Adapter(ABC):
    """A channel. Instances hold no state of an inbox: one serves every inbox of the channel in every process."""

    slug: ClassVar[str]
    name: ClassVar[StrOrPromise]
    icon: ClassVar[str]
    capabilities: ClassVar[Capabilities]
    #: What agents read for each error code: what happened and what to do.
    errors: ClassVar[Mapping[str, StrOrPromise]]
    config_form: ClassVar[type[forms.Form]]
    #: What people read for each fact that a platform tells of an account (`Connection.facts`, `AccountNotice`): quality, limit.
    fact_names: ClassVar[Mapping[str, StrOrPromise]] = {}
    #: Whether inboxes of this channel may have to be listened to (`listen`), besides webhooks.
    listens: ClassVar[bool] = False
    #: Whether `connect` talks to a platform: an inbox is then connected after its settings were saved.
    connects: ClassVar[bool] = False

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        """The settings of a new inbox: what its form gave, and the secrets that the channel makes for it."""
        return given

    def greet(self, request: RawRequest, inbox: InboxConfig | None) -> bytes:
        """The answer to a GET at the webhook's address, by which a platform checks it. Raises RefusedError.

        `inbox` is None at the address that all inboxes of the channel share.
        """
        raise RefusedError(405, "wrong_method", "Send this as a POST.")

    def verify_shared(self, request: RawRequest) -> Sequence[Envelope]:
        """Like `verify`, at the address that all inboxes share: the operator's app signs, each envelope names its account."""
        raise RefusedError(404, "no_such_address", "There is no webhook at this address.")

    def sign_in_url(self, inbox: InboxConfig, *, state: str, redirect_uri: str) -> str:
        """Where a person grants access by signing in at the platform; empty where the inbox is connected otherwise.

        They come back to `redirect_uri` with `state` and a code, which `connect` finds as `settings["grant"]` (`code`,
        `redirect_uri`) and uses up.
        """
        return ""

    def chosen(self, choice: str) -> Mapping[str, Any]:
        """The settings that one of `Connection.choices` stands for."""
        return {}

    def without_access(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """An inbox's settings without what the person gave who connected it."""
        gone = ("token", "grant", "choices", "oauth")
        return {name: value for name, value in settings.items() if name not in gone}

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

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        """The bytes of a file that the platform keeps for us. Raises ChannelError. Called outside any transaction."""
        raise ChannelError("no_such_file", permanent=True)

    def act(self, action: Action, inbox: InboxConfig) -> None:
        """Do something at the platform that is no message. Raises ChannelError. Called outside any transaction."""
        raise ChannelError("unsupported", permanent=True)

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        """Check the credentials and have the platform send its events to `hook_url`. Raises ChannelError, with a verdict.

        Called when settings are saved and when a person asks for a test; repeating it changes nothing.
        """
        return Connection()

    def disconnect(self, inbox: InboxConfig) -> None:
        """Have the platform send us nothing more, as far as it lets us. Raises ChannelError."""
        return

    def wants_listener(self, inbox: InboxConfig) -> bool:
        """Whether this inbox has to be listened to (`listens` channels)."""
        return self.listens

    def listen(self, inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
        """Bring events from a source that does not call us, until `is_stopped`. Raises ChannelError when it is lost.

        Runs in a thread of the listener process, which calls it again after a while. `cursor` is what the last `post` kept.
        """
        raise NotImplementedError

    def describe(self, to: str, inbox: InboxConfig) -> Sender | None:
        """Who an identity is, where its messages do not say; None where the platform does not either. Raises ChannelError."""
        return None

    def shown_address(self, value: str) -> str:
        """An identity's value as people read it; empty for one that tells them nothing, as a platform's own ids do. Pure."""
        return value

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        """The token buckets that a message takes one token from each of, before it is sent. Pure."""
        return ()

    def templates(self, inbox: InboxConfig) -> Sequence[Template]:
        """All templates of the inbox's account. Raises ChannelError. Called outside any transaction."""
        return ()

    def template_fields(self, template: Template) -> Sequence[TemplateField]:
        """The blanks of a template, in their order. Pure."""
        return ()

    def fill_template(self, template: Template, values: Mapping[str, str]) -> FilledTemplate:
        """A template with these values by the names of its fields; a blank without one stays to be seen in the text. Pure."""
        return FilledTemplate("", {})

    def refresh(self, inbox: InboxConfig) -> Connection | None:
        """Renew credentials that expire; None where there is nothing to renew. Raises ChannelError.

        Called daily, and at half of the time that was left at `Connection.expires_at`.
        """
        return None

    def find_sent(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent | None:
        """Ask the platform whether an ambiguous send arrived; None when it cannot say. Called outside any transaction."""
        return None

    def refusal(self, to: str, inbox: InboxConfig) -> str:
        """Why nothing can be sent to this address now, as far as the inbox's settings tell: a key of `errors`, or empty. Pure."""
        return ""

    def own_id(self, reference: UUID, inbox: InboxConfig) -> str:
        """The platform's id of a message, where it takes one that we make of our reference; empty where it gives its own."""
        return ""

    def fetch_proof(self, need: str) -> None:
        """Fetch what `verify` lacked and keep it in this process. Raises ChannelError."""
        raise ChannelError("no_such_proof", permanent=True)
