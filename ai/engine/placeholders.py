"""Personal data out of a text, and back into an answer: ``<EMAIL_1>`` for an address, the address for ``<EMAIL_1>``."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ai.engine import patterns
from ai.engine.patterns import Span

_PLACEHOLDER = re.compile(r"<([A-Z][A-Z_]{1,20})_(\d{1,6})>")
#: Shorter profile values (initials, a single digit) would take words out of every sentence.
_SHORTEST_VALUE = 3


@dataclass(frozen=True, slots=True)
class Known:
    """A value of the contact's profile, masked wherever it stands as a whole word: kind ``PERSON``, ``ADDRESS``, …"""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without personal data; ``spans`` tell where it was in the original."""

    text: str
    spans: tuple[Span, ...]


class Masker:
    """The placeholders of one conversation: a value keeps its placeholder from message to message.

    ``restore(mask(text).text) == text`` for every text. Keep one for a conversation and never share it: it holds what
    it masked. What a person typed in the form of a placeholder is masked too, so nobody can ask for a value by name.
    """

    def __init__(self, known: Iterable[Known] = ()) -> None:
        ordered = sorted({one for one in known if len(one.value.strip()) >= _SHORTEST_VALUE}, key=lambda one: -len(one.value))
        self._known = tuple((one.kind, _whole(one.value.strip())) for one in ordered)
        self._placeholders: dict[tuple[str, str], str] = {}
        self._values: dict[str, str] = {}

    def mask(self, text: str) -> Masked:
        spans = self._spans(text)
        pieces: list[str] = []
        last = 0
        for span in spans:
            pieces += (text[last : span.start], self._placeholder(span.kind, text[span.start : span.end]))
            last = span.end
        return Masked("".join((*pieces, text[last:])), tuple(spans))

    def restore(self, text: str) -> str:
        """The values back in; a placeholder that was never given out stays as it is."""
        return _PLACEHOLDER.sub(lambda match: self._values.get(match[0], match[0]), text)

    def unknown_placeholders(self, text: str) -> list[str]:
        """Placeholders in a model's answer that nothing stands behind: it invented them."""
        return [match[0] for match in _PLACEHOLDER.finditer(text) if match[0] not in self._values]

    def _spans(self, text: str) -> list[Span]:
        typed = [Span(*match.span(), "TEXT") for match in _PLACEHOLDER.finditer(text)]
        found: list[Span] = []
        for kind, pattern in self._known:
            found += [Span(*match.span(), kind) for match in pattern.finditer(text)]
        found += patterns.find(text)
        # The longest first: a name is a part of many an address, whose rest would stay.
        found.sort(key=lambda span: span.start - span.end)
        chosen: list[Span] = []
        for span in (*typed, *found):
            if all(span.end <= other.start or span.start >= other.end for other in chosen):
                chosen.append(span)
        return sorted(chosen, key=lambda span: span.start)

    def _placeholder(self, kind: str, value: str) -> str:
        key = (kind, value)
        if key not in self._placeholders:
            number = 1 + sum(1 for used, _value in self._placeholders if used == kind)
            self._placeholders[key] = f"<{kind}_{number}>"
            self._values[f"<{kind}_{number}>"] = value
        return self._placeholders[key]


def _whole(value: str) -> re.Pattern[str]:
    """The value as whole words, in any case, its spaces of any width; a number's digits however they are grouped."""
    numeric = patterns.digits(value)
    if len(numeric) >= 7 and not any(character.isalpha() for character in value):
        return re.compile(r"(?<!\w)(?:\+|00)?" + r"[\s().\-/]*".join(numeric) + r"(?!\w)")
    return re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, value.split())) + r"(?!\w)", re.IGNORECASE)
