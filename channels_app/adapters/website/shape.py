"""What a widget's event may look like: checked before it is stored, so that what is stored can be read."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

#: The parts of an event that are stored; whatever else it holds is left behind.
KEPT = ("t", "id", "text", "attachments", "reply_to", "fields", "consent", "page", "seq", "lang")
KINDS = ("message", "read", "delivered")
#: More than any conversation has messages, and well within what the database counts with.
MAX_SEQ = 2**31 - 1


def is_well_formed(event: object) -> bool:
    """Whether a decoded JSON value is an event of the protocol: its kind, what the kind needs, every part of its type."""
    if not isinstance(event, dict) or event.get("t") not in KINDS:
        return False
    needed = "id" if event["t"] == "message" else "seq"
    return needed in event and all(check(event[name]) for name, check in _CHECKS.items() if name in event)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEQ


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_short_text(value: object) -> bool:
    return value is None or (isinstance(value, str) and len(value) <= 35 and value.isprintable())


def _are_uuids(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_uuid, value))


def _is_flat(value: object) -> bool:
    """An object of plain values, or nothing."""
    return value is None or (isinstance(value, dict) and not any(isinstance(one, dict | list) for one in value.values()))


_CHECKS: dict[str, Callable[[Any], bool]] = {
    "id": _is_uuid,
    "seq": _is_number,
    "text": _is_text,
    "attachments": _are_uuids,
    "reply_to": lambda value: value is None or _is_text(value),
    "fields": _is_flat,
    "page": _is_flat,
    "consent": lambda value: value is None or isinstance(value, bool | str),
    "lang": _is_short_text,
}
