"""What may stand in a log line. Personal data and secrets may not, so a text is shown only under a key known to be safe."""

import re
from collections.abc import MutableMapping
from typing import Any
from uuid import UUID

HIDDEN = "[hidden]"

#: Keys whose texts are our own words: names of things in the code, of routes, states and causes. Everybody may add
#: one here after asking: can a person outside put text into it?
SAFE_KEYS = frozenset(
    {
        "action", "alias", "app", "attempt", "cause", "channel", "check", "code", "command", "component", "constraint",
        "delay", "duration", "error", "event_type", "exception", "host", "job", "key_kind", "kind", "level", "logger",
        "method", "migration", "mode", "model", "name_of_task", "outcome", "part", "policy", "process", "provider",
        "queue", "reason", "release", "route", "scope", "signal", "source", "sqlstate", "stage", "state",
        "status", "step", "table", "task", "task_id", "timestamp", "topic", "type", "unit", "version", "view", "worker",
    }
)  # fmt: skip

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_PATTERNS = (
    re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:=]+"),
    # A query string carries search words, addresses and one-time tokens.
    re.compile(r"(?<=\?)[^\s\"']+"),
    re.compile(r"(?i)\b(?:bearer|basic|token)\s+\S+"),
    # Phone numbers and card numbers: eight digits or more, however they are grouped.
    re.compile(r"(?<![\w.-])\+?\(?\d(?:[\s().-]{0,2}\d){7,}(?![\w-])"),
    # Keys, session ids, one-time tokens: long runs that hold a digit. Words and dotted names of code do not.
    re.compile(r"(?=[A-Za-z0-9_+=-]*\d)[A-Za-z0-9_+=-]{24,}"),
)


def scrub(text: str) -> str:
    """`text` without what looks like an address, a phone number, a query string or a secret. UUIDs stay."""
    kept: list[str] = []

    def set_aside(match: re.Match[str]) -> str:
        kept.append(match.group())
        return f"\0{len(kept) - 1}\0"

    text = _UUID.sub(set_aside, text.replace("\0", ""))
    for pattern in _PATTERNS:
        text = pattern.sub(HIDDEN, text)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match.group(1))], text)


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """structlog processor: scrub texts under safe keys, hide all others; ids, numbers, flags and times pass."""
    for key, value in event.items():
        if not key.startswith("_"):
            event[key] = _shown(key, value)
    return event


def _shown(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float | UUID):
        return str(value) if isinstance(value, UUID) else value
    if isinstance(value, str):
        # The middleware has checked it: our own, or a trusted proxy's.
        if key == "request_id":
            return value
        if key == "event" or key in SAFE_KEYS:
            # A line break in a value would forge a second log line.
            return scrub(value) if key == "exception" else scrub(value).replace("\r", " ").replace("\n", " ")
        return value if _UUID.fullmatch(value) else HIDDEN
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(key, item) for item in value]
    return HIDDEN
