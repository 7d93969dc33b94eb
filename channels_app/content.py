"""What a message holds, in the shapes that all channels share: adapters read their platforms' objects into them."""

from dataclasses import dataclass, field
from typing import Any

from conversations.normalised import RemoteFile

_MAP = "https://www.openstreetmap.org/?mlat={lat:.6f}&mlon={lon:.6f}#map=16/{lat:.6f}/{lon:.6f}"


@dataclass(frozen=True, slots=True)
class Content:
    """A message's content: its type, a text that reads in any language, facts and files."""

    content_type: str = "text"
    text: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    files: tuple[RemoteFile, ...] = ()


def place_at(latitude: object, longitude: object) -> dict[str, Any]:
    """A place with its map, by degrees; empty for what is none."""
    if not (_is_degree(latitude, 90) and _is_degree(longitude, 180)):
        return {}
    return {"latitude": latitude, "longitude": longitude, "url": _MAP.format(lat=latitude, lon=longitude)}


def _is_degree(value: object, most: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most
