"""BM25, apart from where the words are kept: any store that can look up words serves (Robertson and Zaragoza 2009)."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

#: The usual constants: how fast repeated words stop counting, and how much long documents are held back.
_K1, _B = 1.5, 0.75


@dataclass(frozen=True, slots=True)
class Posting:
    """A document holds a stem ``times`` times among its ``length`` stems."""

    document: int
    times: int
    length: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the documents that are searched: how many, their mean length in stems, and in how many of them a stem is."""

    documents: int
    mean_length: float
    frequencies: Mapping[str, int]

    def idf(self, stem: str) -> float:
        """Lucene's form, never negative; highest for a stem that is nowhere."""
        found = self.frequencies.get(stem, 0)
        return math.log(1 + (self.documents - found + 0.5) / (found + 0.5))


class Store(Protocol):
    """Where stems are looked up: in memory here, in a table elsewhere."""

    def statistics(self, stems: Sequence[str]) -> Statistics:
        """Exact for the stems that are asked for."""
        ...

    def postings(self, stem: str) -> Sequence[Posting]: ...


def score(query: Sequence[str], store: Store) -> dict[int, float]:
    """Scores of the documents that hold at least one of the query's stems."""
    wanted = Counter(query)
    statistics = store.statistics(list(wanted))
    scores: dict[int, float] = {}
    for stem, asked in wanted.items():
        weight = asked * statistics.idf(stem)
        for posting in store.postings(stem):
            length = 1 - _B + _B * posting.length / max(1.0, statistics.mean_length)
            gained = weight * posting.times * (_K1 + 1) / (posting.times + _K1 * length)
            scores[posting.document] = scores.get(posting.document, 0.0) + gained
    return scores


class MemoryStore:
    """A store of documents given as lists of stems; documents are numbered from 0 in their order."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._postings: dict[str, list[Posting]] = {}
        for number, stems in enumerate(documents):
            for stem, times in Counter(stems).items():
                self._postings.setdefault(stem, []).append(Posting(number, times, len(stems)))
        frequencies = {stem: len(postings) for stem, postings in self._postings.items()}
        mean = sum(map(len, documents)) / len(documents) if documents else 0.0
        self._statistics = Statistics(len(documents), mean, frequencies)

    def statistics(self, stems: Sequence[str]) -> Statistics:
        return self._statistics

    def postings(self, stem: str) -> Sequence[Posting]:
        return self._postings.get(stem, ())
