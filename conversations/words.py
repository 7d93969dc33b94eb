"""Words as search sees them: the same cutting and folding for what is written and for what is typed. Pure."""

import re
from collections.abc import Iterator
from unicodedata import combining, normalize
from uuid import UUID

#: Every word is indexed whole and by these beginnings, so that agents find it while they type.
PREFIXES = (3, 4, 5)
#: Milliseconds of a slice of time: one week.
SLICE = 7 * 24 * 3600 * 1000
MAX_WORD = 40
MAX_TERMS = 4000

_WORD = re.compile(r"\w+")
#: Scripts written without spaces are cut into overlapping pairs.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]+")


def fold(text: str) -> str:
    """Case and accents folded, compatibility forms joined: "São" and "SAO" are one."""
    # Compatibility forms come apart into capitals, so they are joined before the case is folded, and once more after.
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(char for char in decomposed if not combining(char))


def words_of(text: str) -> Iterator[str]:
    """The folded words of a text, in order, with repetitions."""
    for found in _WORD.findall(fold(text)):
        if _UNSPACED.search(found):
            yield from _pairs(found)
        else:
            yield found[:MAX_WORD]


def index_terms(text: str) -> list[str]:
    """What is indexed for a text: each word and its beginnings, once."""
    terms: dict[str, None] = {}
    for word in words_of(text):
        terms[whole(word)] = None
        for length in PREFIXES:
            if len(word) >= length:
                terms[beginning(word[:length])] = None
        if len(terms) >= MAX_TERMS:
            break
    return list(terms)


def whole(word: str) -> str:
    """The term of a whole word."""
    return f"w{word}"


def beginning(prefix: str) -> str:
    """The term of the words that begin so."""
    return f"p{prefix}"


def slice_of(row_id: UUID) -> int:
    """The number of the slice of time in which a row (by its UUIDv7) was made."""
    return (row_id.int >> 80) // SLICE


def start_of(number: int) -> UUID:
    """The smallest id of a slice."""
    return UUID(int=number * SLICE << 80)


def in_slice(number: int) -> str:
    """The term of all rows made in that slice."""
    return f"s{number}"


def _pairs(text: str) -> Iterator[str]:
    if len(text) == 1:
        yield text
    for start in range(len(text) - 1):
        yield text[start : start + 2]
