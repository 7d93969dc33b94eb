"""Buttons and lists under a message: `data["buttons"]` and `data["list"]`, checked before WhatsApp would refuse them."""

from collections.abc import Mapping
from typing import Any

from channels_app.adapters.meta.choices import choice_of
from channels_app.contract import ChannelError

MAX_BUTTONS, MAX_ROWS = 3, 10
MAX_LABEL, MAX_ROW_TITLE, MAX_ROW_TEXT = 20, 24, 72
MAX_BUTTON_ID, MAX_ROW_ID = 256, 200


def action_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """The `type` and `action` of an interactive message, empty without buttons or a list. Raises ChannelError."""
    if data.get("buttons"):
        return {"type": "button", "action": {"buttons": _buttons(data["buttons"])}}
    if data.get("list"):
        return {"type": "list", "action": _list(data["list"])}
    return {}


def _buttons(wanted: object) -> list[dict[str, Any]]:
    found = [_choice(one, "bad_button", MAX_LABEL, MAX_BUTTON_ID) for one in wanted] if isinstance(wanted, list) else []
    if not 1 <= len(found) <= MAX_BUTTONS:
        raise ChannelError("bad_button", permanent=True)
    _check_distinct(found, "bad_button")
    return [{"type": "reply", "reply": one} for one in found]


def _list(wanted: object) -> dict[str, Any]:
    given = wanted if isinstance(wanted, dict) else {}
    label, rows = str(given.get("button") or "").strip(), given.get("rows")
    found = [_row(one) for one in rows] if isinstance(rows, list) else []
    if not 1 <= len(label) <= MAX_LABEL or not 1 <= len(found) <= MAX_ROWS:
        raise ChannelError("bad_list", permanent=True)
    _check_distinct(found, "bad_list")
    return {"button": label, "sections": [{"title": label, "rows": found}]}


def _row(wanted: object) -> dict[str, str]:
    found = _choice(wanted, "bad_list", MAX_ROW_TITLE, MAX_ROW_ID)
    text = str(wanted.get("description") or "").strip() if isinstance(wanted, dict) else ""
    if len(text) > MAX_ROW_TEXT:
        raise ChannelError("bad_list", permanent=True)
    return {**found, **({"description": text} if text else {})}


def _choice(wanted: object, code: str, most: int, most_id: int) -> dict[str, str]:
    choice, title = choice_of(wanted, code, most_title=most, most_id=most_id)
    return {"id": choice, "title": title}


def _check_distinct(choices: list[dict[str, str]], code: str) -> None:
    for name in ("id", "title"):
        if len({one[name] for one in choices}) < len(choices):
            raise ChannelError(code, permanent=True)
