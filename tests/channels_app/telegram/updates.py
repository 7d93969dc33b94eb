"""Updates as Telegram sends them, one builder for each kind."""

from typing import Any

import orjson

from channels_app.adapters.telegram.connecting import secret_of
from channels_app.adapters.telegram.updates import RECEIVED_AT, parse
from channels_app.contract import InboxConfig, RawRequest
from conversations.normalised import Normalised
from tests.channels_app.contract import request_of

NOW = 1_800_000_000
ZOE = {"id": 5, "is_bot": False, "first_name": "Zoë", "last_name": "Lindqvist", "username": "zoe", "language_code": "pt-br"}
CHAT = {"id": 5, "type": "private", "first_name": "Zoë", "last_name": "Lindqvist", "username": "zoe"}
GROUP = {"id": -77, "type": "group", "title": "Potters"}
BOT = {"id": 900, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
OWNER = {"id": 61, "is_bot": False, "first_name": "Ana"}
SETTINGS: dict[str, Any] = {
    "token": "900:AAE",
    "secret": "of-the-inbox",
    "bot_id": "900",
    "username": "shop_bot",
    "groups": "mentions",
}


def message(**parts: Any) -> dict[str, Any]:
    """A message of Zoë's in her chat with the bot."""
    return {"message_id": 41, "date": NOW, "from": ZOE, "chat": CHAT, **parts}


def update(kind: str = "message", payload: Any = None, number: int = 10_001) -> dict[str, Any]:
    return {"update_id": number, kind: message(text="Hello") if payload is None else payload}


def parsed(kind: str, payload: Any, **settings: Any) -> list[Normalised]:
    """What an update is read as."""
    body = orjson.dumps({RECEIVED_AT: NOW, **update(kind, payload)})
    return list(parse(body, SETTINGS | settings))


def request(inbox: InboxConfig, body: dict[str, Any] | bytes) -> RawRequest:
    """An update as the inbox's bot sends it."""
    raw = body if isinstance(body, bytes) else orjson.dumps(body)
    return request_of(raw, {"content-type": "application/json", "x-telegram-bot-api-secret-token": secret_of(inbox)})
