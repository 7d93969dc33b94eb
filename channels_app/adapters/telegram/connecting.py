"""Connecting a bot: whose token it is, where its updates go, and whether the platform kept that."""

import hashlib
import hmac
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from channels_app.adapters.telegram.addresses import bot_in
from channels_app.adapters.telegram.api import Bot
from channels_app.adapters.telegram.fields import number
from channels_app.adapters.telegram.policy import Groups
from channels_app.adapters.telegram.updates import ALLOWED_UPDATES
from channels_app.contract import ChannelError, Connection, InboxConfig
from channels_app.json_fields import Fields, words

MAX_CONNECTIONS = 40
#: Seconds that connecting waits where the platform asks for it.
PATIENCE = 5.0
#: A failure that the platform tells of is worth a word only if it is fresh.
_FRESH = timedelta(hours=1)


def secret_of(inbox: InboxConfig) -> str:
    """What the platform sends with each update, empty when nobody has set the inbox up.

    It is of this inbox and bot alone: a bot that the inbox had before still sends, and is refused.
    """
    secret, whose = str(inbox.settings.get("secret") or ""), f"{inbox.key}:{bot_in(inbox.settings)}"
    return hmac.new(secret.encode(), whose.encode(), hashlib.sha256).hexdigest() if secret else ""


def bot_of(inbox: InboxConfig) -> Bot:
    """The line of an inbox's bot. Raises ChannelError when it has no token."""
    token = str(inbox.settings.get("token") or "")
    if not token:
        raise ChannelError("token_void", permanent=True, stops_inbox=True)
    return Bot(token)


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Have the bot's updates sent to `hook_url`; tell in words how things stand. Raises ChannelError."""
    bot = bot_of(inbox)
    me = _fields(bot.call("getMe", {}, is_repeatable=True))
    if me.get("is_bot") is not True or not number(me, "id"):
        raise ChannelError("not_a_bot", permanent=True)
    before = words(_fields(bot.call("getWebhookInfo", {}, is_repeatable=True)), "url", 2048)
    webhook: dict[str, Any] = {"url": hook_url, "secret_token": secret_of(inbox), "max_connections": MAX_CONNECTIONS}
    _set_webhook(bot, {**webhook, "allowed_updates": list(ALLOWED_UPDATES)})
    after = _fields(bot.call("getWebhookInfo", {}, is_repeatable=True))
    if words(after, "url", 2048) != hook_url:
        raise ChannelError("webhook_lost", permanent=True)
    settings = {"bot_id": str(number(me, "id")), "username": words(me, "username", 64), "bot_name": words(me, "first_name", 120)}
    has_moved = bool(before) and before != hook_url
    return Connection(settings=settings, words=_verdict(inbox, me, after, has_moved=has_moved))


def _set_webhook(bot: Bot, params: dict[str, Any]) -> None:
    """Set it; the platform takes this once a second, and whoever saves twice shall not have to know."""
    try:
        bot.call("setWebhook", params, is_repeatable=True)
    except ChannelError as error:
        if not error.retry_after or error.retry_after > PATIENCE:
            raise
        time.sleep(error.retry_after)
        bot.call("setWebhook", params, is_repeatable=True)


def disconnect(inbox: InboxConfig) -> None:
    """Have the platform send nothing more here. A bot that by now sends to another inbox, or whose token is void, is let be."""
    try:
        bot = bot_of(inbox)
        info = _fields(bot.call("getWebhookInfo", {}, is_repeatable=True))
        if words(info, "url", 2048).rstrip("/").endswith(f"/{inbox.key}"):
            bot.call("deleteWebhook", {}, is_repeatable=True)
    except ChannelError as error:
        if not error.stops_inbox:
            raise


def _verdict(inbox: InboxConfig, me: Fields, webhook: Fields, *, has_moved: bool) -> str:
    said = [_("Customers reach you as @%(username)s.") % {"username": words(me, "username", 64)}]
    if has_moved:
        said.append(_("This bot sent its messages elsewhere until now; that has ended."))
    if inbox.settings.get("groups") == Groups.EVERYTHING and me.get("can_read_all_group_messages") is not True:
        said.append(_("The bot sees only some messages of groups: switch its group privacy off at @BotFather (/setprivacy)."))
    failed_at = number(webhook, "last_error_date")
    if failed_at and datetime.now(UTC).timestamp() - failed_at < _FRESH.total_seconds():
        words_of_platform = words(webhook, "last_error_message", 200)
        said.append(_("Telegram's last attempt to reach us failed: %(words)s") % {"words": words_of_platform})
    return " ".join(said)


def _fields(result: Any) -> Fields:
    return result if isinstance(result, dict) else {}
