"""Reading the platform's objects: what is required raises, what is optional and odd is as good as absent."""

from datetime import UTC, datetime
from typing import Any

from channels_app.contract import UnparsableError

type Fields = dict[str, Any]


def part(value: Fields, name: str) -> Fields:
    """The object under a name; empty where there is none."""
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def parts(value: Fields, name: str) -> list[Fields]:
    """The objects of the list under a name."""
    found = value.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def words(value: Fields, name: str, limit: int = 16_384) -> str:
    """The text under a name, without NUL characters and at most `limit` long; empty where there is none."""
    found = value.get(name)
    return found[:limit].replace("\x00", "") if isinstance(found, str) else ""


def number(value: Fields, name: str) -> int:
    """The whole number under a name, also where it is written as text; 0 where there is none."""
    found = value.get(name)
    if isinstance(found, str) and len(found) < 20 and found.isascii() and found.isdecimal():
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) and abs(found) < 2**63 else 0


def ident(value: Fields, name: str, limit: int = 512) -> str:
    """The id under a name, whether it is written as text or as a number; empty where there is none."""
    found = value.get(name)
    return str(found) if isinstance(found, int) and not isinstance(found, bool) else words(value, name, limit).strip()


def needed(value: Fields, name: str) -> str:
    """The id that must be there. Raises UnparsableError."""
    found = ident(value, name)
    if not found:
        raise UnparsableError(f"{name} is missing")
    return found


def moment(value: Fields, name: str) -> datetime:
    """The time under a name, in seconds or in thousandths of them, as text or number. Raises UnparsableError."""
    found = number(value, name)
    if found <= 0:
        raise UnparsableError(f"{name} is no time")
    try:
        return datetime.fromtimestamp(found / 1000 if found > 100_000_000_000 else found, UTC)
    except (ArithmeticError, OSError, ValueError):
        raise UnparsableError(f"{name} is no time") from None
