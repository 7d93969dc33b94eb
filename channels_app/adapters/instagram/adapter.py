"""The Instagram channel behind the adapter contract."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.instagram import connecting, stacks
from channels_app.adapters.instagram.config import ConfigForm
from channels_app.adapters.meta import messaging, messaging_acting, messaging_files, messaging_people
from channels_app.adapters.meta.channel import MetaAdapter
from channels_app.adapters.meta.cutting import Cutter, messaging_pieces
from channels_app.adapters.meta.messaging_errors import ERRORS
from channels_app.adapters.meta.messaging_finding import find_sent
from channels_app.adapters.meta.messaging_sending import MAX_BUTTONS, MAX_LABEL, Style, rates_of, send
from channels_app.adapters.meta.signature import MAX_BODY
from channels_app.contract import (
    Action,
    Capabilities,
    Connection,
    Feature,
    InboxConfig,
    Outgoing,
    OutgoingFile,
    Rate,
    RawRequest,
    Sent,
    SignInWay,
    Window,
)
from chatzee.env import env
from conversations.normalised import Normalised, RemoteFile, Sender

STYLE = Style(max_text=1000, is_text_in_bytes=True, kinds=messaging_files.INSTAGRAM)
#: How the shared address is told which of the operator's two apps is set to it: `/hooks/instagram?app=instagram`.
_APP, _LOGIN_APP = "app", "instagram"


class InstagramAdapter(MetaAdapter):
    """Customers write to a professional account."""

    slug = "instagram"
    name = _("Instagram")
    icon = "camera"
    capabilities = Capabilities(
        features=frozenset(
            {Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.TYPING, Feature.REACTIONS, Feature.BUTTONS, Feature.MARK_READ,
             Feature.READ, Feature.STOP_WORDS}
        ),
        max_text=STYLE.max_text,
        is_text_in_bytes=True,
        max_file=messaging_files.MAX_FILE,
        max_body=MAX_BODY,
        window=Window(timedelta(hours=24), human=timedelta(days=7)),
        max_buttons=MAX_BUTTONS,
        max_label=MAX_LABEL,
    )  # fmt: skip
    errors = ERRORS
    config_form = ConfigForm
    fact_names = {"account": _("Account"), "restriction": _("Restriction"), "violation": _("Broken rule")}
    cutters: ClassVar[Mapping[str, Cutter]] = {"instagram": messaging_pieces}

    def shared_secret(self, request: RawRequest) -> str:
        is_login = parse_qs(request.query).get(_APP) == [_LOGIN_APP]
        return (env.instagram_app_secret if is_login else env.meta_app_secret).get_secret_value()

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return messaging.parse(body)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        return send(outgoing, stacks.node_of(inbox), stacks.line_of(inbox), STYLE, _linked)

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        return messaging_files.fetch(file)

    def act(self, action: Action, inbox: InboxConfig) -> None:
        messaging_acting.act(action, stacks.node_of(inbox), stacks.line_of(inbox))

    def find_sent(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent | None:
        return find_sent(outgoing, stacks.node_of(inbox), "instagram", stacks.line_of(inbox))

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return connecting.take(inbox) if inbox.settings.get("grant") else connecting.connect(inbox, hook_url)

    def disconnect(self, inbox: InboxConfig) -> None:
        connecting.disconnect(inbox)

    def refresh(self, inbox: InboxConfig) -> Connection | None:
        return connecting.refresh(inbox)

    def without_access(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in super().without_access(settings).items() if name != "token_known"}

    def describe(self, to: str, inbox: InboxConfig) -> Sender | None:
        return messaging_people.describe(to, stacks.line_of(inbox), "name,username")

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        return rates_of(outgoing)

    def sign_in_name(self, inbox: InboxConfig) -> StrOrPromise:
        return self.name if connecting.has_app() else ""

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        return connecting.sign_in_url(way)

    def chosen(self, choice: str) -> Mapping[str, Any]:
        return connecting.chosen(choice)


def _linked(file: OutgoingFile, kind: str) -> Mapping[str, Any]:
    """Instagram fetches files itself, from an address that is good for an hour."""
    return {"url": file.link()}


ADAPTER = InstagramAdapter()
