"""The methods about the bot itself, its updates, files and chats."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from channels_app.emulators.telegram.answers import bad, too_many
from channels_app.emulators.telegram.parameters import Params
from channels_app.emulators.telegram.state import Bot, Fields, Webhook
from channels_app.emulators.telegram.updates import CONFLICT_WEBHOOK
from channels_app.emulators.telegram.world import World, known_chat

PORTS = frozenset({443, 80, 88, 8443})
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def _get_me(world: World, bot: Bot, params: Params) -> Fields:
    return {**bot.user, "can_join_groups": True, "can_read_all_group_messages": bot.sees_groups,
            "supports_inline_queries": False, "can_connect_to_business": True, "has_main_web_app": False}  # fmt: skip


def _set_webhook(world: World, bot: Bot, params: Params) -> bool:
    now = world.clock.now()
    if now - bot.webhook_set_at < 1:
        raise too_many(1)
    bot.webhook_set_at = now
    url = params.text("url").strip()
    if not url:
        return _delete_webhook(world, bot, params)
    check_address(url)
    secret, most = params.text("secret_token"), params.integer("max_connections", 40)
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    if params.boolean("drop_pending_updates"):
        bot.updates.clear()
    allowed = _allowed(params)
    kept = bot.webhook.allowed if allowed is None else allowed
    bot.webhook = Webhook(url, secret, min(max(most, 1), 100), kept)
    world.updates.end_poll(bot, CONFLICT_WEBHOOK)
    world.webhook_changed(bot)
    return True


def check_address(url: str) -> None:
    """Where a webhook may be: https on four ports. The emulator also calls this machine, by http and on any port."""
    parts = urlsplit(url)
    try:
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        raise bad("bad webhook: Failed to parse the URL: wrong port") from None
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise bad("bad webhook: Failed to parse the URL")
    if _is_loopback(parts.hostname):
        return
    if parts.scheme != "https":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if port not in PORTS:
        raise bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _allowed(params: Params) -> tuple[str, ...] | None:
    found = params.json("allowed_updates", "allowed_updates")
    if found is None:
        return None
    if not isinstance(found, list):
        raise bad("can't parse allowed updates: expected an Array")
    return tuple(str(one) for one in found)


def _delete_webhook(world: World, bot: Bot, params: Params) -> bool:
    if params.boolean("drop_pending_updates"):
        bot.updates.clear()
    bot.webhook = Webhook(allowed=bot.webhook.allowed)
    world.webhook_changed(bot)
    return True


def _webhook_info(world: World, bot: Bot, params: Params) -> Fields:
    webhook = bot.webhook
    found: Fields = {"url": webhook.url, "has_custom_certificate": False, "pending_update_count": len(bot.updates)}
    if webhook.url:
        found["max_connections"] = webhook.max_connections
        found["ip_address"] = "127.0.0.1"
    if webhook.allowed:
        found["allowed_updates"] = list(webhook.allowed)
    if webhook.last_error_at:
        found |= {"last_error_date": webhook.last_error_at, "last_error_message": webhook.last_error}
    return found


async def _get_updates(world: World, bot: Bot, params: Params) -> list[Any]:
    return await world.updates.get(
        bot,
        offset=params.integer("offset"),
        limit=params.integer("limit", 100),
        seconds=params.integer("timeout"),
        allowed=_allowed(params),
    )


def _get_file(world: World, bot: Bot, params: Params) -> Fields:
    return world.files.link(params.text("file_id"), now=world.clock.now(), life=bot.faults.media_ttl_s)


def _get_chat(world: World, bot: Bot, params: Params) -> Fields:
    facts = {"accent_color_id": 0, "max_reaction_count": 11}
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"), False
    )
    return {**known_chat(world, bot, params).json, **facts, "accepted_gift_types": gifts}


def _leave_chat(world: World, bot: Bot, params: Params) -> bool:
    chat = known_chat(world, bot, params)
    if chat.type == "private":
        raise bad("chat not found")
    chat.state = "kicked"
    return True


def _profile_photos(world: World, bot: Bot, params: Params) -> Fields:
    if params.integer("user_id") not in world.platform.people:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}


def _business_connection(world: World, bot: Bot, params: Params) -> Fields:
    found = world.platform.connections.get(params.text("business_connection_id"))
    if found is None or found.bot_id != bot.id:
        raise bad("business connection not found")
    return found.json


METHODS: dict[str, Callable[[World, Bot, Params], Any]] = {
    "getMe": _get_me,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "getWebhookInfo": _webhook_info,
    "getUpdates": _get_updates,
    "getFile": _get_file,
    "getChat": _get_chat,
    "leaveChat": _leave_chat,
    "getUserProfilePhotos": _profile_photos,
    "getBusinessConnection": _business_connection,
}
