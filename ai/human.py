"""People who ask for a person, in 30 languages: "human", "quiero hablar con una persona", "转人工", "humna plz".

Such a wish is obeyed at once, whatever the AI is doing, so it is read from words alone: no model, no database, a fraction of
a millisecond. It is not taken in by "human resources", "I am only human" or "I spoke to an agent yesterday".
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache

from ai.human_words import ALONE_FILLERS, ARE_YOU, LANGUAGES, NEVER, NOT_WANTED, UNSPACED
from conversations.words import fold

_LONGEST = 1_000
_SENTENCE = re.compile(r"[.!?;:\n。！？；]+")
#: Not by what counts as a letter: the vowels of some scripts do not.
_WORD = re.compile(r"[^\s,.!?…\"()\[\]«»„“”/*_]+")
#: How many words may stand between the wish and the person: "connect me with one of your human agents".
_REACH = 6
#: Words from this length on may have one letter wrong, missing, doubled or swapped with its neighbour.
_TYPO_FROM = 5


#: Verbs that stand behind the person in these languages.
_VERB_LAST = frozenset({"tr", "hi", "hu", "fi"})

type Phrase = tuple[str, ...]


class _Kind(StrEnum):
    TALK = "talk"
    WANT = "want"
    STRONG = "strong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class _Hit:
    """A phrase found at a place among the words."""

    language: str
    kind: _Kind
    start: int
    end: int
    is_exact: bool


def asks_for_human(text: str) -> bool:
    """Whether a message asks for a person, in any of the languages."""
    plain = fold(text[:_LONGEST]).replace("’", "'")
    if any(phrase in plain.replace(" ", "") for phrase in _unspaced()):
        return True
    return any(_wishes(_WORD.findall(sentence)) for sentence in _sentences(plain))


def languages_of_wish(text: str) -> tuple[str, ...]:
    """The languages in which a message asks for a person, those without a slip first: one word may be of several."""
    plain = fold(text[:_LONGEST]).replace("’", "'")
    hits = [hit for sentence in _sentences(plain) for hit in _wishes(_WORD.findall(sentence))]
    exact = [hit.language for hit in hits if hit.is_exact]
    return tuple(dict.fromkeys(exact or [hit.language for hit in hits]))


def asks_what_it_is(text: str) -> bool:
    """Whether a message asks if a machine or a person is writing: that deserves the truth before anything else."""
    plain = fold(text[:300]).replace("’", "'")
    return any(form.search(plain) for form in _forms(ARE_YOU))


def _sentences(plain: str) -> list[str]:
    for never in _nevers():
        plain = never.sub(" ", plain)
    return _SENTENCE.split(plain)


def _wishes(words: list[str]) -> list[_Hit]:
    """What a sentence asks for a person with; nothing where it does not."""
    core = [word for word in words if word not in ALONE_FILLERS]
    hits = _hits(words)
    return _alone(core) or [hit for hit in hits if hit.kind in _VERBS and _is_wished(words, hit, hits)]


_VERBS = (_Kind.TALK, _Kind.WANT)


def _alone(core: list[str]) -> list[_Hit]:
    """The person is all there is: "agent please"."""
    return [hit for hit in _hits(core) if hit.kind is _Kind.STRONG and hit.start == 0 and hit.end == len(core)]


def _is_wished(words: list[str], verb: _Hit, hits: list[_Hit]) -> bool:
    """A person that counts behind this verb stands near it."""
    counted = (_Kind.STRONG, _Kind.WEAK) if verb.kind is _Kind.TALK else (_Kind.STRONG,)
    nouns = [hit for hit in hits if hit.language == verb.language and hit.kind in counted]
    is_near = any(0 <= noun.start - verb.end < _REACH for noun in nouns)
    if verb.language in _VERB_LAST:
        is_near = is_near or any(0 <= verb.start - noun.end < _REACH for noun in nouns)
    return is_near and not _is_denied(words, verb.start)


def _is_denied(words: list[str], place: int) -> bool:
    """ "I do not want to talk to a person": a denial of wanting stands just before."""
    before = " ".join(words[max(0, place - 4) : place + 1])
    return any(form.search(before) for form in _forms(NOT_WANTED))


def _hits(words: list[str]) -> list[_Hit]:
    found = []
    for place, word in enumerate(words):
        for language, kind, phrase in _index().get(word[0], ()):
            if _fits(words, place, phrase):
                end = place + len(phrase)
                found.append(_Hit(language, kind, place, end, is_exact=tuple(words[place:end]) == phrase))
    return found


def _fits(words: list[str], place: int, phrase: Phrase) -> bool:
    found = words[place : place + len(phrase)]
    return len(found) == len(phrase) and all(_same(word, wanted) for word, wanted in zip(found, phrase, strict=True))


@lru_cache(maxsize=65_536)
def _same(word: str, wanted: str) -> bool:
    """Equal, or one slip of the finger apart. A wanted word that ends in `*` names a beginning."""
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    if word == wanted:
        return True
    if len(wanted) < _TYPO_FROM or abs(len(word) - len(wanted)) > 1 or word[0] != wanted[0]:
        return False
    return _is_one_slip(word, wanted)


def _is_one_slip(word: str, wanted: str) -> bool:
    start = 0
    while start < min(len(word), len(wanted)) and word[start] == wanted[start]:
        start += 1
    left, right = word[start:], wanted[start:]
    is_swapped = len(left) > 1 and len(right) > 1 and left[:2] == right[1::-1] and left[2:] == right[2:]
    return is_swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


@cache
def _index() -> dict[str, list[tuple[str, _Kind, Phrase]]]:
    """Every phrase by its first letter."""
    found: dict[str, list[tuple[str, _Kind, Phrase]]] = {}
    for language, kinds in LANGUAGES.items():
        for kind, phrases in kinds.items():
            for phrase in filter(None, (tuple(fold(one).split()) for one in phrases.split("|"))):
                found.setdefault(phrase[0][0], []).append((language, _Kind(kind), phrase))
    return found


@cache
def _unspaced() -> tuple[str, ...]:
    return tuple(fold(one) for one in UNSPACED)


@cache
def _nevers() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(fold(one)) for one in NEVER)


@cache
def _forms(forms: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(fold(one)) for one in forms)
