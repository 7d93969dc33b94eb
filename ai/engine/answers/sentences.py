"""Where the sentences of a text are."""

import re
from dataclasses import dataclass

#: What ends with a full stop and is no sentence's end.
_SHORT = re.compile(
    r"(?:^|[\s(])(?:[A-Za-z]|mr|mrs|ms|dr|prof|st|sr|sra|jr|vs|etc|approx|no|nr|núm|nº|inc|ltd|co|corp|fig|vol|art|cf|e\.g|i\.e|p\.ex|p\.ej|u\.s|"
    r"av|tel|ext|dept|jan|feb|mar|apr|jun|jul|aug|sep|sept|oct|nov|dec)$",
    re.IGNORECASE,
)
_END = re.compile(r"(?:[.!?…]+[\"'”’»)\]]*(?=\s|$)|[。！？]+|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s))")


@dataclass(frozen=True, slots=True)
class Sentence:
    """``text == source[start:end]``, to the character."""

    start: int
    end: int
    text: str


def split(source: str) -> list[Sentence]:
    """The sentences of a text in order, without the space between them. Blank lines and list marks end one too."""
    found, start = [], 0
    for match in _END.finditer(source):
        if match[0].startswith(".") and len(match[0]) == 1 and _is_within(source, start, match):
            continue
        found.append((start, match.end()))
        start = match.end()
    found.append((start, len(source)))
    return [sentence for bounds in found if (sentence := _trimmed(source, *bounds)) is not None]


def _is_within(source: str, start: int, stop: re.Match[str]) -> bool:
    """Whether a full stop belongs to a short form, or goes on in lower case."""
    if _SHORT.search(source[max(start, stop.start() - 12) : stop.start()]):
        return True
    following = source[stop.end() : stop.end() + 20].lstrip()
    return bool(following) and following[0].islower() and not source[stop.start() - 1 : stop.start()].isspace()


def _trimmed(source: str, start: int, end: int) -> Sentence | None:
    text = source[start:end]
    first = start + len(text) - len(text.lstrip())
    last = end - (len(text) - len(text.rstrip()))
    return Sentence(first, last, source[first:last]) if any(character.isalnum() for character in text) else None
