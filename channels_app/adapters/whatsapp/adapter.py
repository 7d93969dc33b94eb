"""The WhatsApp channel behind the adapter contract."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from channels_app.adapters.meta.channel import MetaAdapter
from channels_app.adapters.meta.cutting import Cutter
from channels_app.adapters.meta.fields import ident
from channels_app.adapters.meta.signature import MAX_BODY
from channels_app.adapters.whatsapp import acting, choices, connecting, media, sending, signing_in, templating
from channels_app.adapters.whatsapp.accounts import FACT_NAMES
from channels_app.adapters.whatsapp.config import ConfigForm
from channels_app.adapters.whatsapp.cutting import pieces
from channels_app.adapters.whatsapp.errors import ERRORS
from channels_app.adapters.whatsapp.parse import parse
from channels_app.contract import (
    Action,
    Capabilities,
    ChannelError,
    Connection,
    Feature,
    FilledTemplate,
    InboxConfig,
    Outgoing,
    Rate,
    Sent,
    SignInWay,
    Template,
    TemplateField,
    Window,
)
from channels_app.json_fields import parts, words
from conversations.normalised import Normalised, RemoteFile

#: Messages a second of a number; fewer where the business's phone goes on using it.
THROUGHPUT, THROUGHPUT_SHARED = 80, 20
#: One message in so many seconds to the same person, after a burst.
PAIR_SECONDS, PAIR_BURST = 6.0, 10


class WhatsAppAdapter(MetaAdapter):
    """Customers write to a business's number, which the Cloud API answers for."""

    slug = "whatsapp"
    name = _("WhatsApp")
    icon = "phone"
    capabilities = Capabilities(
        features=frozenset(
            {Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.TYPING, Feature.REACTIONS, Feature.BUTTONS, Feature.LISTS,
             Feature.TEMPLATES, Feature.MARK_READ, Feature.DELIVERED, Feature.READ, Feature.STOP_WORDS}
        ),
        max_text=sending.MAX_TEXT,
        max_file=media.MAX_FILE,
        max_body=MAX_BODY,
        window=Window(timedelta(hours=24)),
        max_buttons=choices.MAX_BUTTONS,
        max_choices=choices.MAX_ROWS,
        max_label=choices.MAX_LABEL,
        has_aliases=True,
    )  # fmt: skip
    errors = ERRORS
    config_form = ConfigForm
    fact_names = FACT_NAMES
    cutters: ClassVar[Mapping[str, Cutter]] = {"whatsapp_business_account": pieces}

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return parse(body, inbox.settings)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        return sending.send(outgoing, connecting.phone_of(inbox), connecting.line_of(inbox))

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        return media.fetch(file, connecting.phone_of(inbox), connecting.line_of(inbox))

    def act(self, action: Action, inbox: InboxConfig) -> None:
        acting.act(action, connecting.phone_of(inbox), connecting.line_of(inbox))

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return signing_in.take(inbox) if inbox.settings.get("grant") else connecting.connect(inbox, hook_url)

    def disconnect(self, inbox: InboxConfig) -> None:
        connecting.disconnect(inbox)

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        throughput = THROUGHPUT_SHARED if inbox.settings.get("is_coexistence") is True else THROUGHPUT
        pair = hashlib.sha256(f"{inbox.id}:{outgoing.to}".encode()).hexdigest()[:24]
        return [Rate("number", float(throughput), throughput), Rate(f"pair:{pair}", 1 / PAIR_SECONDS, PAIR_BURST)]

    def shown_address(self, value: str) -> str:
        return f"+{value}" if value.isdecimal() else ""

    def sign_in_name(self, inbox: InboxConfig) -> StrOrPromise:
        return self.name if signing_in.is_possible() else ""

    def sign_in_url(self, inbox: InboxConfig, way: SignInWay) -> str:
        return signing_in.url(way)

    def chosen(self, choice: str) -> Mapping[str, Any]:
        return signing_in.chosen(choice)

    def templates(self, inbox: InboxConfig) -> Sequence[Template]:
        waba = str(inbox.settings.get("waba_id") or "")
        if not waba.isdecimal():
            raise ChannelError("number_not_of_account", permanent=True)
        fields = "id,name,language,status,category,components,rejected_reason"
        listed = connecting.line_of(inbox).pages(f"{waba}/message_templates", fields=fields, limit=100)
        return [_template(one) for one in listed]

    def template_fields(self, template: Template) -> Sequence[TemplateField]:
        return templating.fields_of(template)

    def fill_template(self, template: Template, values: Mapping[str, str]) -> FilledTemplate:
        return templating.fill(template, values)


def _template(found: dict[str, Any]) -> Template:
    reason = words(found, "rejected_reason", 200)
    return Template(
        provider_id=ident(found, "id", 64),
        name=words(found, "name", 512),
        language=words(found, "language", 16),
        category=words(found, "category", 32),
        status=words(found, "status", 32),
        components=parts(found, "components"),
        reason="" if reason == "NONE" else reason,
    )


ADAPTER = WhatsAppAdapter()
