"""The Telegram channel behind the adapter contract."""

import hmac
import secrets
import time
from collections.abc import Sequence
from typing import Any

import orjson
from django.utils.translation import gettext_lazy as _

from channels_app.adapters.telegram import acting, business, connecting, media, sending, updates
from channels_app.adapters.telegram.addresses import Address, bot_in
from channels_app.adapters.telegram.config import ConfigForm
from channels_app.adapters.telegram.errors import ERRORS
from channels_app.adapters.telegram.fields import number
from channels_app.contract import (
    Action,
    Adapter,
    Capabilities,
    Connection,
    Envelope,
    Feature,
    InboxConfig,
    Outgoing,
    RawRequest,
    RefusedError,
    Sent,
)
from channels_app.json_fields import Fields, part, words
from conversations.normalised import Normalised, RemoteFile

SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  # the header's name
MAX_BODY = 1024 * 1024


class TelegramAdapter(Adapter):
    """Customers write to a bot, or to a Telegram Business account that the bot answers for."""

    slug = "telegram"
    name = _("Telegram")
    icon = "send"
    capabilities = Capabilities(
        features=frozenset(
            {Feature.ATTACHMENTS, Feature.REPLY_TO, Feature.TYPING, Feature.EDIT, Feature.DELETE, Feature.REACTIONS,
             Feature.BUTTONS}
        ),
        max_text=20_000,
        max_buttons=10,
        max_label=40,
        max_file=media.MAX_UPLOAD,
        max_body=MAX_BODY,
    )  # fmt: skip
    errors = ERRORS
    config_form = ConfigForm
    connects = True

    def new_settings(self, given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "secret": secrets.token_urlsafe(32)}

    def verify(self, request: RawRequest, inbox: InboxConfig) -> Sequence[Envelope]:
        expected, given = connecting.secret_of(inbox), request.headers.get(SECRET_HEADER, "")
        if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
            raise RefusedError(401, "secret", "This does not come from the inbox's bot.")
        if not inbox.is_enabled:
            raise RefusedError(403, "inbox_disabled", "This inbox is switched off.")
        if len(request.body) > MAX_BODY:
            raise RefusedError(413, "too_large", "This is larger than any update.")
        body = request.body.strip()
        update = _update(body)
        bot = bot_in(inbox.settings)
        key = f"update:{bot}:{update['update_id']}"
        # The update stays as it came; only the time of its arrival is put before its first field.
        stored = b'{"%s":%d,%s' % (updates.RECEIVED_AT.encode(), int(time.time()), body[1:])
        return [Envelope(key=key, sender=_sender(update, bot), body=stored)]

    def parse(self, body: bytes, inbox: InboxConfig) -> Sequence[Normalised]:
        return updates.parse(body, inbox.settings)

    def send(self, outgoing: Outgoing, inbox: InboxConfig) -> Sent:
        return sending.send(outgoing, connecting.bot_of(inbox))

    def fetch(self, file: RemoteFile, inbox: InboxConfig) -> bytes:
        return media.fetch(file, connecting.bot_of(inbox))

    def act(self, action: Action, inbox: InboxConfig) -> None:
        if action.kind == business.KEEP:
            business.keep(action, inbox)
        else:
            acting.act(action, connecting.bot_of(inbox))

    def refusal(self, to: str, inbox: InboxConfig) -> str:
        return business.refusal(to, inbox.settings, bot_in(inbox.settings))

    def connect(self, inbox: InboxConfig, hook_url: str) -> Connection:
        return connecting.connect(inbox, hook_url)

    def disconnect(self, inbox: InboxConfig) -> None:
        connecting.disconnect(inbox)


def _update(body: bytes) -> Fields:
    """An update as an object with its number. Raises RefusedError."""
    try:
        update = orjson.loads(body)
    except ValueError:
        update = None
    if not isinstance(update, dict) or not number(update, "update_id"):
        raise RefusedError(400, "malformed", "This is not an update.")
    return update


def _sender(update: Fields, bot: str) -> str:
    """The chat that an update belongs to: a chat's updates stay in order. Those of none are in order among themselves."""
    for kind in update:
        found = part(update, kind)
        about = part(found, "message") if kind == "callback_query" and part(found, "message") else found
        chat = number(part(about, "chat"), "id") or number(part(about, "from"), "id") or number(part(about, "user"), "id")
        if chat:
            return Address(bot, chat, words(about, "business_connection_id", 128)).value
    return "none"


ADAPTER = TelegramAdapter()
