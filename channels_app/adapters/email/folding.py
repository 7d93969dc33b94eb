"""Which parts of a text are quotes and signatures. Nothing is removed: a reader unfolds them.

quotequail finds where a quote begins. Its patterns are linear on lines of a bounded length, so it gets no others.
"""

import re
from dataclasses import dataclass

import quotequail

#: Quotes are looked for in this many lines, cut at this length: the patterns take cubic time on one endless line.
MAX_LINES = 2000
MAX_LINE = 300
#: A quote in the middle is folded from this many lines on.
_LONG_QUOTE = 4
_SIGNATURE_LINES = 15
_FROM_FIELD = re.compile(r"\*?(from|de|von|da|van|från)\s?:\*?\s?\S", re.IGNORECASE)
_FIELD = re.compile(
    r"\*?(sent|date|to|subject|cc|enviado( el| em)?|fecha|data|para|assunto|asunto|envoyé|à|objet|gesendet|an|betreff)"
    r"\s?:\*?\s?\S",
    re.IGNORECASE,
)
#: What an introduction names: a date or an address.
_DATED = re.compile(r"[0-9@]")
_SENT_FROM = re.compile(
    r"(sent (from|with|via) (my |the )?|get outlook for |enviado (do|desde|a partir do|pelo|con|com) (meu |mi |o )?"
    r"|envoyé (de|depuis|avec|à partir de) (mon |l')?|gesendet (von|mit) (meinem |der )?"
    r"|obter o outlook para |obtener outlook para )"
    r".{0,60}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Fold:
    """A part of a text, in characters from its start: `quote` or `signature`."""

    kind: str
    start: int
    end: int


def folds_of(text: str) -> list[Fold]:
    """The foldable parts of a text in order. A text that is nothing but a quote is left as it is."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    quoted = _quoted_lines(lines)
    folded = {number for first, last in quoted for number in range(first, last)}
    if not any(line.strip() for number, line in enumerate(lines) if number not in folded):
        return []
    found = [Fold("quote", starts[first], min(starts[last], len(text))) for first, last in quoted]
    signature = _signature(lines, quoted)
    if signature is not None:
        found.append(Fold("signature", starts[signature[0]], min(starts[signature[1]], len(text))))
    return sorted(found, key=lambda one: one.start)


def _quoted_lines(lines: list[str]) -> list[tuple[int, int]]:
    """Quotes as (first line, line after the last)."""
    first = _first_quoted(lines)
    if first is None:
        return []
    marked = [number for number in range(first, len(lines)) if lines[number].lstrip().startswith(">")]
    if not marked:
        return [(first, len(lines))]
    quoted = set(marked)
    is_all_quoted = all(number in quoted or not lines[number].strip() for number in range(marked[0], len(lines)))
    if is_all_quoted:
        return [(first, len(lines))]
    return _marked_runs(lines, first, marked)


def _first_quoted(lines: list[str]) -> int | None:
    """The line with which the quote begins, its “on … wrote” included."""
    some = [line[:MAX_LINE] for line in lines[:MAX_LINES]]
    parts: list[tuple[bool, str]] = quotequail.quote("\n".join(some), limit=MAX_LINES + 1, quote_intro_line=True)
    if len(parts) > 1:
        return len(some) - parts[1][1].count("\n") - 1
    by_fields = _fields_line(some)
    by_mark = next((number for number, line in enumerate(some) if line.lstrip().startswith(">")), None)
    if by_mark is not None and (by_fields is None or by_mark < by_fields):
        return _with_introduction(some, by_mark)
    return by_fields


def _fields_line(lines: list[str]) -> int | None:
    """Where a mail program has put the quoted mail's own fields in front of it (Outlook does, without any line)."""
    for number, line in enumerate(lines):
        following = lines[number + 1 : number + 6]
        if _FROM_FIELD.match(line.strip()) and sum(bool(_FIELD.match(one.strip())) for one in following) >= 2:
            return number
    return None


def _with_introduction(lines: list[str], first: int) -> int:
    """The line above a marked quote that says who wrote it, in whatever language; it may be broken in up to three."""
    above = first
    while above > 0 and not lines[above - 1].strip():
        above -= 1
    if above == 0 or not lines[above - 1].rstrip().endswith(":"):
        return first
    start = above - 1
    while start > max(0, above - 3) and _DATED.search(lines[start - 1]):
        start -= 1
    return start if _DATED.search(" ".join(lines[start:above])) else first


def _marked_runs(lines: list[str], first: int, marked: list[int]) -> list[tuple[int, int]]:
    """Where somebody wrote between or below the quoted lines, only the longer quotes are folded."""
    runs: list[tuple[int, int]] = []
    for number in marked:
        if runs and all(not lines[between].strip() for between in range(runs[-1][1], number)):
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    if runs and first < runs[0][0]:
        runs[0] = (first, runs[0][1])
    return [(start, end) for start, end in runs if end - start >= _LONG_QUOTE]


def _signature(lines: list[str], quoted: list[tuple[int, int]]) -> tuple[int, int] | None:
    """A signature above the quote or at the end: by its dashes, or the one line that telephones add."""
    end = next((first for first, _last in quoted), len(lines))
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    for number in range(end - 1, max(0, end - _SIGNATURE_LINES) - 1, -1):
        line = lines[number]
        is_dashes = line.rstrip("\r") in ("-- ", "--") and number < end - 1
        is_phone = number == end - 1 and _SENT_FROM.fullmatch(line.strip()[:120]) is not None
        if (is_dashes or is_phone) and any(one.strip() for one in lines[:number]):
            return number, end
    return None
