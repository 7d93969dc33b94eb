"""Faults put into true sentences, to see whether the guard finds them. Rule-made: real models err in more ways."""

import re
from collections.abc import Sequence
from random import Random

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[\w,] )[A-ZÀ-Ý][^\W\d_]{2,}")
#: Behind or around which verb a language puts its no.
_NEGATIONS = {
    "en": (r"\b(is|was|are|were|can|will|has|have|had|does|did|should|must|would|could|may)\b(?! not|n't)", r"\1 not"),
    "pt": (r"\b(é|está|são|foi|pode|podem|tem|há|deve|será)\b", r"não \1"),
    "es": (r"\b(es|está|son|fue|puede|pueden|tiene|hay|debe|será)\b", r"no \1"),
    "fr": (r"\b(est|sont|peut|peuvent|doit|sera|fait)\b", r"ne \1 pas"),
    "de": (r"\b(ist|sind|war|kann|können|wird|hat|muss)\b", r"\1 nicht"),
    "it": (r"\b(è|sono|può|possono|ha|deve|sarà)\b", r"non \1"),
}  # fmt: skip


def with_changed_number(sentence: str, passage: str, random: Random) -> str | None:
    """A number made another one that the passage does not hold; None for a sentence without numbers."""
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    match, held = random.choice(found), set(_NUMBER.findall(passage))
    while True:
        changed = str(random.randint(1, 9)) + "".join(str(random.randint(0, 9)) if c.isdigit() else c for c in match[0][1:])
        if changed not in held and changed != match[0]:
            return sentence[: match.start()] + changed + sentence[match.end() :]
        if len(match[0]) == 1:
            held = set()


def with_swapped_number(sentence: str, passage: str, random: Random) -> str | None:
    """A number made another one of the same passage: the hardest fault to see."""
    found = list(_NUMBER.finditer(sentence))
    own = {match[0] for match in found}
    others: list[str] = sorted(set(_NUMBER.findall(passage)) - own)
    if not found or not others:
        return None
    match = random.choice(found)
    return sentence[: match.start()] + random.choice(others) + sentence[match.end() :]


def with_changed_name(sentence: str, passage: str, names: Sequence[str], random: Random) -> str | None:
    """A name made another one, from another passage."""
    found = list(_NAME.finditer(sentence))
    others = [name for name in names if name.casefold() not in passage.casefold()]
    if not found or not others:
        return None
    match = random.choice(found)
    return sentence[: match.start()] + random.choice(others) + sentence[match.end() :]


def with_negation(sentence: str, language: str) -> str | None:
    """The sentence's opposite; None where no known verb is in it, or for a language without a rule."""
    if language not in _NEGATIONS:
        return None
    form, negated = _NEGATIONS[language]
    changed: str = re.sub(form, negated, sentence, count=1)
    return changed if changed != sentence else None


def without_negation(sentence: str, language: str) -> str | None:
    """An English sentence's "not" taken out."""
    if language != "en":
        return None
    changed: str = re.sub(r"(?<=\w) not\b|(?<=[a-z])n't\b", "", sentence, count=1)
    return changed if changed != sentence else None


def names_in(passage: str) -> list[str]:
    return sorted(set(_NAME.findall(passage)))
