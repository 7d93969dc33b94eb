"""The Messenger channel behind the adapter contract."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

import orjson
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.messenger import connecting
from channels_app.adapters.messenger.config import ConfigForm
from channels_app.adapters.meta import access, messaging, messaging_acting, messaging_files, messaging_people, pages
from channels_app.adapters.meta.channel import MetaAdapter
from channels_app.adapters.meta.cutting import Cutter, messaging_pieces
from channels_app.adapters.meta.graph import Graph
from channels_app.adapters.meta.messaging_errors import ERRORS
from channels_app.adapters.meta.messaging_finding import find_sent
from channels_app.adapters.meta.messaging_sending import MAX_BUTTONS, MAX_LABEL, Style, rates_of, send
from channels_app.adapters.meta.signature import MAX_BODY
from channels_app.calling import Upload
from channels_app.contract import (
    Action,
    Capabilities,
    ChannelError,
    Connection,
    Feature,
    InboxConfig,
    Outgoing,
    OutgoingFile,
    Rate,
    Sent,
    SignInWay,
    Window,
)
from conversations.normalised import Normalised, RemoteFile, Sender

STYLE = Style(max_text=2000, is_text_in_bytes=False, kinds=messaging_files.MESSENGER, has_messaging_type=True)


class MessengerAdapter(MetaAdapter):
    """Customers write to a page."""

    slug = "messenger"
    name = _("Messenger")
    icon = "messages-square"
    capabilities = Capabilities(
        features=frozenset(
            {Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.TYPING, Feature.REACTIONS, Feature.BUTTONS, Feature.MARK_READ,
             Feature.DELIVERED, Feature.READ, Feature.STOP_WORDS}
        ),
        max_text=STYLE.max_text,
        max_file=messaging_files.MAX_FILE,
        max_body=MAX_BODY,
        window=Window(timedelta(hours=24), human=timedelta(days=7)),
        max_buttons=MAX_BUTTONS,
        max_label=MAX_LABEL,
    )  # fmt: skip
    errors = ERRORS
    config_form = ConfigForm
    fact_names = {"page": _("Page"), "restriction": _("Restriction"), "violation": _("Broken rule")}
    cutters: ClassVar[Mapping[str, Cutter]] = {"page": messaging_pieces}

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return messaging.parse(body)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        page, line = access.node_of(inbox, "page_id"), pages.line_of(inbox)
        return send(outgoing, page, line, STYLE, lambda file, kind: _uploaded(file, kind, page, line))

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        return messaging_files.fetch(file)

    def act(self, action: Action, inbox: InboxConfig) -> None:
        messaging_acting.act(action, access.node_of(inbox, "page_id"), pages.line_of(inbox))

    def find_sent(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent | None:
        return find_sent(outgoing, access.node_of(inbox, "page_id"), "messenger", pages.line_of(inbox))

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return connecting.take(inbox) if inbox.settings.get("grant") else connecting.connect(inbox, hook_url)

    def disconnect(self, inbox: InboxConfig) -> None:
        connecting.disconnect(inbox)

    def describe(self, to: str, inbox: InboxConfig) -> Sender | None:
        return messaging_people.describe(to, pages.line_of(inbox), "first_name,last_name,name")

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        return rates_of(outgoing)

    def sign_in_name(self, inbox: InboxConfig) -> StrOrPromise:
        return self.name if connecting.has_app() else ""

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        return connecting.sign_in_url(way)

    def chosen(self, choice: str) -> Mapping[str, Any]:
        return connecting.chosen(choice)


def _uploaded(file: OutgoingFile, kind: str, page: str, line: Graph) -> Mapping[str, Any]:
    """Hand a file over; it is sent by the id that this gives. Raises ChannelError."""
    message = orjson.dumps({"attachment": {"type": kind, "payload": {"is_reusable": True}}}).decode()
    upload = Upload("filedata", file.name, file.content_type, file.read())
    found = line.upload(f"{page}/message_attachments", {"message": message}, upload).get("attachment_id")
    if not isinstance(found, str) or not found:
        raise ChannelError("unavailable", is_inbox_wide=True, detail="An upload without an id.")
    return {"attachment_id": found}


ADAPTER = MessengerAdapter()
