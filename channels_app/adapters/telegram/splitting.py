"""Cutting a text that is too long for one message, at the end of a paragraph, line, sentence or word."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator

from channels_app.adapters.telegram.entities import Formatted, offsets

#: Where a text may be cut, best first; each is cut after what it matches.
_ENDS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[.!?…。！？]+[\s\"'»”)]+"), re.compile(r"\s"))
_JOINER = "\u200d"


def split(formatted: Formatted, limit: int) -> list[Formatted]:
    """Parts of at most `limit` UTF-16 units each, none empty, formats cut along; blanks at the cuts are left out."""
    return list(_parts(formatted, limit))


def _parts(formatted: Formatted, limit: int) -> Iterator[Formatted]:
    text, places = formatted.text, offsets(formatted.text)
    start = _first_ink(text, 0)
    while start < len(text):
        most = bisect_right(places, places[start] + limit) - 1
        end = len(text) if most >= len(text) else _cut(text, start, most)
        last = start + len(text[start:end].rstrip())
        yield formatted.slice(start, last)
        start = _first_ink(text, end)


def _first_ink(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _cut(text: str, start: int, most: int) -> int:
    """The best place to cut in the second half of what fits, else the last one that parts no joined characters."""
    for ending in _ENDS:
        ends = [found.end() for found in ending.finditer(text, start + (most - start) // 2, most)]
        if ends:
            return ends[-1]
    end = most
    while end > start + 1 and (_JOINER in text[end - 1 : end + 1] or _is_attached(text[end])):
        end -= 1
    return end if end > start + 1 else most


def _is_attached(character: str) -> bool:
    return (
        bool(unicodedata.combining(character)) or "\ufe00" <= character <= "\ufe0f" or "\U0001f3fb" <= character <= "\U0001f3ff"
    )
