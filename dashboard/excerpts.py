"""The part of a message that answers a search, with what was found marked."""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from conversations.selectors.search import Query
from conversations.words import fold

AROUND = 90
_WORD = re.compile(r"\w+")


def excerpt(text: str, query: Query) -> SafeString:
    """Some 180 characters around the first hit, the hits in `<mark>`; everything else is escaped."""
    hits = [found.span() for found in _WORD.finditer(text) if _is_hit(fold(found.group()), query)]
    start = max(hits[0][0] - AROUND, 0) if hits else 0
    end = start + 2 * AROUND
    parts, at = ["…" if start else ""], start
    for first, last in hits:
        if first >= start and last <= end:
            parts += [escape(text[at:first]), "<mark>", escape(text[first:last]), "</mark>"]
            at = last
    parts += [escape(text[at:end]), "…" if end < len(text) else ""]
    return mark_safe("".join(parts))  # noqa: S308  # every part of the text was escaped above


def _is_hit(word: str, query: Query) -> bool:
    return word in query.words or bool(query.prefix and word.startswith(query.prefix))
