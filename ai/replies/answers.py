"""Answers to a question: quotes of the sources, or sentences that a model wrote and the guard let pass. No database here."""

import math
import re
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ai.engine.answers import Guard, Quote, extract
from ai.engine.answers.negation import count
from ai.engine.answers.sentences import split
from ai.engine.text import stems
from ai.replies.injection import is_attack
from ai.replies.outgoing import faults_of
from ai.services.retrieving import Source

#: A passage this much behind the best one may stand in for it where it is in the customer's language.
_NEARLY = 0.8
#: Of a quoted passage at most so many sentences: chat messages are short.
MOST_SENTENCES = 3
_LIST_MARK = re.compile(r"^(?:[-*•]|\d{1,2}[.)])\s+")
_CELLS = re.compile(r"\s+\|\s+")


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence of an answer, the number of its source, and why it must not be said (codes; empty: it may). `is_line`: it was
    an item of a list or a table, and stands on lines of its own. `is_best`: of quotes, the one that answers best."""

    text: str
    source: int
    faults: tuple[str, ...] = ()
    coverage: float = 1.0
    is_line: bool = False
    is_best: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with their sources. `is_quoted`: word for word the sources', so that nothing can be invented."""

    said: tuple[Said, ...]
    sources: tuple[Source, ...]
    model: str
    language: str
    is_quoted: bool

    @property
    def text(self) -> str:
        joined, is_line = "", False
        for one in self.said:
            joined += ("\n" if one.is_line or is_line else " ") if joined else ""
            joined, is_line = joined + one.text, one.is_line
        return joined

    @property
    def is_sound(self) -> bool:
        return bool(self.said) and not any(one.faults for one in self.said)

    @property
    def cited(self) -> list[Source]:
        """The sources that sentences name, each once, in their order."""
        return [self.sources[number] for number in dict.fromkeys(one.source for one in self.said) if number < len(self.sources)]


def quoted(question: str, sources: Sequence[Source], *, language: str) -> Answer | None:
    """One to three sentences of the best passage in the customer's language, word for word; None where there is none.

    Sentences that talk to a machine are no answers, wherever they stand: an article may have been written by anybody.
    """
    number = _best_in(language, sources)
    if number is None:
        return None
    hit = sources[number].hit
    quotes = extract(question, hit, language=language, most=MOST_SENTENCES)
    said = [_said(quote, number) for quote in quotes if not is_attack(quote.text)]
    return Answer(tuple(said), tuple(sources), "extract", language, is_quoted=True) if said else None


def _best_in(language: str, sources: Sequence[Source]) -> int | None:
    if not sources:
        return None
    least = _NEARLY * sources[0].score
    return next((number for number, one in enumerate(sources) if one.candidate.language == language and one.score >= least), None)


def judged(
    sentences: Sequence[tuple[str, int]],
    sources: Sequence[Source],
    *,
    question: str,
    model: str,
    language: str,
    own_hosts: Collection[str],
    secrets: Sequence[str],
) -> Answer:
    """What a model wrote (text and number of its source), every sentence checked against the source that it names."""
    guard = Guard(_weights(sources))
    said = []
    for text, number in _single(sentences):
        if not 0 <= number < len(sources):
            said.append(Said(text, number, ("no_source",), 0.0))
            continue
        source = sources[number]
        held = honest_text(source)
        known = f"{question} {source.candidate.title}"
        verdict = guard.check(text, held, language=source.candidate.language, known=known)
        faults = [
            *verdict.reasons,
            *_denials(text, source),
            *faults_of(text, f"{held} {source.candidate.url}", own_hosts=own_hosts, secrets=secrets),
        ]
        said.append(Said(text, number, tuple(dict.fromkeys(faults)), verdict.coverage))
    return Answer(tuple(said), tuple(sources), model, language, is_quoted=False)


def _denials(text: str, source: Source) -> list[str]:
    """More words of denial than any sentence of the source has: "unused" may hide a further "not" from the guard."""
    language = source.candidate.language
    most = max((count(one.text, language) for one in source.hit.sentences), default=0)
    return ["negation"] if count(text, language) > most else []


def honest_text(source: Source) -> str:
    """A source without what talks to a machine: neither shown to a model nor counted as saying anything."""
    return " ".join(one.text for one in source.hit.sentences if not is_attack(one.text))


def _single(sentences: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Each sentence by itself: several in one item would hide behind each other's words."""
    return [(one.text, number) for text, number in sentences for one in split(_one_line(text))]


def _weights(sources: Sequence[Source]) -> Callable[[str], float]:
    """How much a stem says, by how few of the found sentences hold it."""
    sentences = [frozenset(stems(one.text, source.candidate.language)) for source in sources for one in source.hit.sentences]
    held = Counter(stem for sentence in sentences for stem in sentence)
    total = len(sentences) + 1
    return lambda stem: math.log(1 + total / (held[stem] + 0.5))


def _said(quote: Quote, number: int) -> Said:
    """A quote as it is sent: items of lists and rows of tables on lines of their own, without marks and bars."""
    text, is_best = quote.text, quote.is_best
    rows = [row for row in text.splitlines() if row.strip()]
    if any(_CELLS.search(row) for row in rows):
        return Said("\n".join(_CELLS.sub(" · ", row.strip()) for row in rows), number, is_line=True, is_best=is_best)
    return Said(_one_line(text), number, is_line=_LIST_MARK.match(text) is not None, is_best=is_best)


def _one_line(text: str) -> str:
    """On one line, without the mark of a list that it stood in."""
    return _LIST_MARK.sub("", re.sub(r"\s+", " ", text).strip())
