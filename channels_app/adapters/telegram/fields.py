"""Reading the platform's objects: what is required raises, what is optional and odd is as good as absent."""

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
    """The whole number under a name, 0 where there is none."""
    found = value.get(name)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def needed(value: Fields, name: str) -> int:
    """The whole number that must be there. Raises UnparsableError."""
    found = value.get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise UnparsableError(f"{name} is missing or no number")
    return found
