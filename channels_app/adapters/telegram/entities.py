"""Formatted text. Telegram counts in UTF-16 units, we count in characters; nothing here ever cuts a character."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, TypeIs

#: Telegram's names of the formats we know, and ours. Mentions, hashtags and the like are plain to see in the text.
KINDS = {
    "bold": "bold",
    "italic": "italic",
    "underline": "underline",
    "strikethrough": "strike",
    "spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "blockquote": "quote",
    "expandable_blockquote": "quote",
    "text_link": "link",
}
_NAMES = {ours: theirs for theirs, ours in reversed(KINDS.items())}


@dataclass(frozen=True, slots=True)
class Span:
    """A format from character `start` to before `end`; `url` where it is a link."""

    kind: str
    start: int
    end: int
    url: str = ""


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text and its formats."""

    text: str
    spans: tuple[Span, ...] = ()

    def slice(self, start: int, end: int) -> "Formatted":
        """The part from `start` to before `end`, with what remains of its formats."""
        cut = (replace(one, start=max(one.start, start) - start, end=min(one.end, end) - start) for one in self.spans)
        return Formatted(self.text[start:end], tuple(one for one in cut if one.start < one.end))


def utf16_length(text: str) -> int:
    """How long Telegram takes a text to be."""
    return len(text) + sum(character > "\uffff" for character in text)


def offsets(text: str) -> list[int]:
    """The UTF-16 offset before each character, and that of the end."""
    return list(accumulate((2 if character > "\uffff" else 1 for character in text), initial=0))


def spans_of(text: str, entities: Iterable[dict[str, Any]]) -> tuple[Span, ...]:
    """The formats that Telegram's entities give a text. What points outside is cut off, what points into a character widened."""
    places = offsets(text)
    found = []
    for entity in entities:
        kind, start, length = KINDS.get(str(entity.get("type"))), entity.get("offset"), entity.get("length")
        if kind is None or not _is_place(start) or not _is_place(length):
            continue
        first = max(bisect_right(places, start) - 1, 0)
        last = min(bisect_left(places, start + length), len(text))
        url = entity.get("url") if kind == "link" else ""
        if first < last and isinstance(url, str) and (url or kind != "link"):
            found.append(Span(kind, first, last, url))
    return tuple(found)


def entities_of(formatted: Formatted) -> list[dict[str, Any]]:
    """The formats as Telegram's entities."""
    places = offsets(formatted.text)
    return [
        {
            "type": _NAMES[span.kind],
            "offset": places[span.start],
            "length": places[span.end] - places[span.start],
            **({"url": span.url} if span.url else {}),
        }
        for span in formatted.spans
    ]


def with_plain_links(formatted: Formatted) -> Formatted:
    """The text with the address of each link written behind its words, unless the words are that address.

    A reader sees where a link leads, also where formats are not shown.
    """
    links = [one for one in formatted.spans if one.kind == "link" and not _says(formatted.text[one.start : one.end], one.url)]
    additions = sorted((one.end, f" ({one.url})") for one in links)
    if not additions:
        return formatted
    return Formatted(_inserted(formatted.text, additions), tuple(_moved(one, additions) for one in formatted.spans))


def facts(spans: Sequence[Span]) -> list[dict[str, Any]]:
    """The formats as a message's `data` keeps them: kind, start, end in characters, and a link's address."""
    return [{"kind": one.kind, "start": one.start, "end": one.end, **({"url": one.url} if one.url else {})} for one in spans]


def _is_place(value: object) -> TypeIs[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31


def _says(shown: str, url: str) -> bool:
    bare = url.removeprefix("https://").removeprefix("http://").removeprefix("mailto:").removeprefix("tel:").rstrip("/")
    return shown.strip().rstrip("/").removeprefix("https://").removeprefix("http://") == bare


def _inserted(text: str, additions: list[tuple[int, str]]) -> str:
    pieces, begin = [], 0
    for place, addition in additions:
        pieces += [text[begin:place], addition]
        begin = place
    return "".join([*pieces, text[begin:]])


def _moved(span: Span, additions: list[tuple[int, str]]) -> Span:
    before = sum(len(addition) for place, addition in additions if place <= span.start)
    inside = sum(len(addition) for place, addition in additions if span.start < place < span.end)
    return replace(span, start=span.start + before, end=span.end + before + inside)
