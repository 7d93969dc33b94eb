"""Reading platforms' objects: what is optional and odd is as good as absent. How numbers are written is each platform's own."""

from typing import Any

import orjson

type Fields = dict[str, Any]


def object_in(text: bytes | str) -> Fields:
    """The object that a text is; empty for what is none, such as a gateway's page of HTML."""
    try:
        found = orjson.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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
