"""A channel: what its folder must offer."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django_stubs_ext import StrOrPromise

from channels_app.contract.capabilities import Capabilities
from channels_app.contract.errors import ChannelError, RefusedError
from channels_app.contract.inboxes import Connection, InboxConfig, SignInWay
from channels_app.contract.incoming import Envelope, Post, RawRequest
from channels_app.contract.outgoing import Action, Outgoing, Rate, Sent
from channels_app.contract.templates import FilledTemplate, Template, TemplateField
from conversations.normalised import Normalised, RemoteFile, Sender


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

    def sign_in_name(self, inbox: InboxConfig) -> StrOrPromise:
        """Where a person can sign in to give access, by its name; empty where the inbox is connected otherwise."""
        return ""

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        """Where to send the person. Raises ChannelError.

        They come back to the way's `redirect_uri` with its `state` and a code, which `connect` finds as `settings["grant"]`
        (`code`, `redirect_uri`, `verifier`) and uses up.
        """
        raise NotImplementedError

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
