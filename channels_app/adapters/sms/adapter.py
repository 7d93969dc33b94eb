"""SMS by Twilio behind the adapter contract.

A number's webhook has an address of its own, so no event names an account: each address is one inbox.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import orjson
from django.utils.translation import gettext_lazy as _

from channels_app.adapters.sms import connecting, listening, sending, signature
from channels_app.adapters.sms.api import Twilio
from channels_app.adapters.sms.config import ConfigForm
from channels_app.adapters.sms.errors import ERRORS
from channels_app.adapters.sms.parse import is_status, parse
from channels_app.contract import (
    Adapter,
    Capabilities,
    Connection,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    Post,
    Rate,
    RawRequest,
    RefusedError,
    Sent,
)
from conversations.normalised import Normalised, RemoteFile

MAX_BODY = 256 * 1024
#: Messages a second: a long code of the United States and Canada, and all others (Twilio queues what is more).
NORTH_AMERICA, OTHERS = 1.0, 10.0


class SmsAdapter(Adapter):
    """Customers write to a number or a messaging service of the company's Twilio account."""

    slug = "sms"
    name = _("SMS")
    icon = "message-square-text"
    capabilities = Capabilities(
        features=frozenset({Feature.ATTACHMENTS, Feature.DELIVERED, Feature.STOP_WORDS}),
        max_text=sending.MAX_TEXT,
        max_file=sending.MAX_FILE,
        max_files=sending.MAX_FILES,
        max_body=MAX_BODY,
        counts_segments=True,
        has_aliases=True,
    )
    errors = ERRORS
    config_form = ConfigForm
    fact_names: ClassVar[Mapping[str, Any]] = {"name": _("Name"), "can": _("Carries")}
    connects = True
    listens = True

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        params = dict(signature.check(request, inbox))
        if not inbox.is_enabled:
            raise RefusedError(403, "inbox_disabled", "This inbox is switched off.")
        sid = params.get("MessageSid") or params.get("SmsSid") or ""
        if not sid:
            raise RefusedError(400, "malformed", "This names no message.")
        told = is_status(params)
        key = f"status:{sid}:{params.get('MessageStatus', '')}" if told else listening.message_key(sid)
        person = params.get("To" if told else "From", "")
        return [Envelope(key, person, orjson.dumps({"at": int(time.time()), "params": params}))]

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return parse(body)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        return sending.send(outgoing, inbox, Twilio(inbox))

    def find_sent(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent | None:
        return sending.find(outgoing, Twilio(inbox))

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        content, _type = Twilio(inbox).download(str(file.reference.get("url") or ""))
        return content

    def rates(self, outgoing: Outgoing, inbox: InboxConfig) -> Sequence[Rate]:
        sender = str(inbox.settings.get("sender") or "")
        return [Rate("sender", per_second=NORTH_AMERICA if sender.startswith("+1") else OTHERS, burst=10)]

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return connecting.connect(inbox, hook_url)

    def disconnect(self, inbox: InboxConfig) -> None:
        connecting.disconnect(inbox)

    def wants_listener(self, inbox: InboxConfig) -> bool:
        return bool(inbox.settings.get("hook_url"))

    def listen(self, inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
        listening.listen(inbox, cursor, post, is_stopped)


ADAPTER = SmsAdapter()
