"""Buttons under a message: `data["buttons"]` is a list of buttons, or of rows of them.

A button is `{"title": label, "id": value}` or `{"title": label, "url": address}`; without either its label comes back.
"""

from collections.abc import Mapping
from typing import Any

from channels_app.contract import ChannelError

MAX_VALUE = 64


def keyboard_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The inline keyboard of a message, empty without buttons. Raises ChannelError for one that Telegram would refuse."""
    wanted = data.get("buttons") or []
    if not isinstance(wanted, list):
        raise ChannelError("bad_button", permanent=True)
    rows = [row if isinstance(row, list) else [row] for row in wanted]
    return {"inline_keyboard": [[_button(one) for one in row] for row in rows]} if rows else {}


def _button(button: object) -> dict[str, str]:
    if not isinstance(button, dict):
        raise ChannelError("bad_button", permanent=True)
    label = str(button.get("title") or button.get("text") or "").strip()
    value, url = str(button.get("id") or button.get("data") or label).strip(), str(button.get("url") or "").strip()
    if label and url.startswith(("https://", "http://", "tg://")):
        return {"text": label, "url": url}
    if label and value and not url and len(value.encode()) <= MAX_VALUE:
        return {"text": label, "callback_data": value}
    raise ChannelError("bad_button", permanent=True)
