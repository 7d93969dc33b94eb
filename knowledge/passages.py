"""Cutting texts into passages: by headings and paragraphs, of some 200 words. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

#: Words of a passage at most; embedders read about as much.
MOST_WORDS = 200
#: A passage shorter than this takes the next one of its heading in.
FEWEST_WORDS = 40
_BLANK = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?<=[.!?…。！？])\s+|(?<=[。！？])")


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, list or table of a text, under the headings that lead to it."""

    text: str
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """What becomes a passage."""

    heading: str
    text: str


@dataclass(slots=True)
class _Open:
    heading: str
    parts: list[str] = field(default_factory=list)
    words: int = 0


def cut(blocks: list[Block]) -> list[Piece]:
    """The passages of a text. Blocks of one heading stand together as long as they fit; long ones are cut at sentences."""
    found: list[_Open] = []
    for block in blocks:
        for part in _bounded(block.text):
            size = count_words(part)
            last = found[-1] if found else None
            if last is None or last.heading != block.heading or last.words + size > MOST_WORDS:
                found.append(last := _Open(block.heading))
            last.parts.append(part)
            last.words += size
    return [Piece(one.heading, "\n\n".join(one.parts)) for one in _joined(found)]


def paragraphs(text: str) -> list[Block]:
    """The blocks of a text without headings."""
    return [Block(part.strip()) for part in _BLANK.split(text) if part.strip()]


def count_words(text: str) -> int:
    """Words by spaces; a character of an unspaced script counts for half a word."""
    dense = sum(1 for character in text if "\u0e00" <= character <= "\u0e7f" or "\u3040" <= character <= "\u9fff")
    return len(text.split()) + dense // 2


def _joined(found: list[_Open]) -> Iterator[_Open]:
    """Remainders too short to stand alone go to the passage before them, where the heading is the same."""
    kept: list[_Open] = []
    for one in found:
        before = kept[-1] if kept else None
        if before is not None and before.heading == one.heading and one.words < FEWEST_WORDS:
            before.parts += one.parts
            before.words += one.words
        else:
            kept.append(one)
    yield from kept


def _bounded(text: str) -> Iterator[str]:
    if count_words(text) <= MOST_WORDS:
        yield text
        return
    kept: list[str] = []
    size = 0
    for sentence in _SENTENCE.split(text):
        for part in _hard(sentence):
            more = count_words(part)
            if kept and size + more > MOST_WORDS:
                yield " ".join(kept)
                kept, size = [], 0
            kept.append(part)
            size += more
    if kept:
        yield " ".join(kept)


def _hard(sentence: str) -> Iterator[str]:
    """A "sentence" without an end, such as a long table, cut by words or characters."""
    if count_words(sentence) <= MOST_WORDS:
        yield sentence
        return
    words = sentence.split()
    if len(words) > MOST_WORDS // 2:
        for start in range(0, len(words), MOST_WORDS):
            yield " ".join(words[start : start + MOST_WORDS])
    else:
        for start in range(0, len(sentence), MOST_WORDS * 2):
            yield sentence[start : start + MOST_WORDS * 2]
