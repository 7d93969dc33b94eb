"""Passages to search, in memory: by words and by meaning, in the embedder of the question's language."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.answers.sentences import Sentence, split
from ai.engine.embedders import Embedder, EmbedderSet, Vectors
from ai.engine.retrieval import bm25
from ai.engine.retrieval.evidence import Evidence
from ai.engine.retrieval.fusion import fuse
from ai.engine.text import stems


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article. ``id`` is what a citation names; ``title`` is searched with the text, never quoted."""

    id: str
    title: str
    text: str
    language: str

    @property
    def searched(self) -> str:
        return f"{self.title}\n{self.text}" if self.title else self.text


@dataclass(frozen=True, slots=True)
class Hit:
    """``score`` is relative to the other hits of one search (0 to 1); ``similarity`` is a cosine, ``words`` BM25's score.
    ``sentences`` and the cosines of each with the question are in the passage's order."""

    passage: Passage
    score: float
    similarity: float
    words: float
    sentences: tuple[Sentence, ...]
    sentence_similarities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits first, and how the search went; no evidence where there is nothing to search."""

    hits: tuple[Hit, ...]
    evidence: Evidence | None


class Part:
    """What one question searches: passages with vectors of one embedder, of each passage and of each of its sentences."""

    def __init__(self, passages: Sequence[Passage], embedder: Embedder) -> None:
        self.passages = tuple(passages)
        self.embedder = embedder
        documents = [stems(one.searched, one.language) for one in passages]
        self._stems = [frozenset(found) for found in documents]
        self.words = bm25.MemoryStore(documents)
        self.vectors = embedder.embed([passage.searched for passage in passages])
        self._sentences = [tuple(split(passage.text)) for passage in passages]
        self._starts = np.cumsum([0, *map(len, self._sentences)])
        self._sentence_vectors = embedder.embed([sentence.text for found in self._sentences for sentence in found])

    def search(self, question: str, language: str, *, limit: int, without: frozenset[int] = frozenset()) -> Found:
        """``without``: numbers of passages that are left out, as if they were not there."""
        asked = stems(question, language)
        vector = self.embedder.embed([question])[0]
        return self.rank(asked, vector, limit=limit, without=without)

    def rank(
        self, asked: Sequence[str], vector: NDArray[np.float32], *, limit: int, without: frozenset[int] = frozenset()
    ) -> Found:
        kept = np.array([number for number in range(len(self.passages)) if number not in without], dtype=np.int64)
        if not len(kept):
            return Found((), None)
        scored = bm25.score(asked, self.words)
        words = np.array([scored.get(int(number), 0.0) for number in kept], dtype=np.float32)
        meaning: NDArray[np.float32] = self.vectors[kept] @ vector
        fused = fuse(words, meaning)
        best = np.argsort(-fused, kind="stable")[:limit]
        hits = tuple(self.hit(int(kept[row]), float(fused[row]), float(meaning[row]), float(words[row]), vector) for row in best)
        return Found(hits, self._evidence(asked, hits[0], words, meaning, int(best[0]), int(kept[best[0]])))

    def hit(self, number: int, score: float, similarity: float, words: float, vector: Vectors) -> Hit:
        """A passage as a hit, by its number among ``passages``."""
        own = self._sentence_vectors[self._starts[number] : self._starts[number + 1]] @ vector
        return Hit(self.passages[number], score, similarity, words, self._sentences[number], tuple(map(float, own)))

    def _evidence(
        self, asked: Sequence[str], first: Hit, words: NDArray[np.float32], meaning: NDArray[np.float32], row: int, number: int
    ) -> Evidence:
        others = np.delete(meaning, row)
        statistics = self.words.statistics(asked)
        weights = {stem: statistics.idf(stem) for stem in set(asked)}
        held = sum(weight for stem, weight in weights.items() if stem in self._stems[number])
        return Evidence(
            similarity=first.similarity,
            best_sentence=max(first.sentence_similarities, default=first.similarity),
            margin=first.similarity - float(others.max()) if len(others) else first.similarity,
            coverage=held / sum(weights.values()) if weights else 0.0,
            agreement=float(int(words.argmax()) == int(meaning.argmax()) and words.max() > 0),
        )


class Index:
    """English questions search the English passages with the English embedder; others search all, across languages.
    English questions do so too where no passage is English."""

    def __init__(self, passages: Sequence[Passage], embedders: EmbedderSet) -> None:
        english = [passage for passage in passages if passage.language == "en"]
        self._english = Part(english, embedders.english) if english else None
        self._all = self._english
        if self._english is None or len(english) < len(passages):
            self._all = Part(passages, embedders.multilingual)
        self._embedders = embedders
        self._passages = tuple(passages)

    def part(self, language: str) -> Part:
        """What a question of this language searches. The multilingual side of an English-only index is made when first asked."""
        if language == "en" and self._english is not None:
            return self._english
        if self._all is self._english:
            self._all = Part(self._passages, self._embedders.multilingual)
        assert self._all is not None
        return self._all

    def search(self, question: str, language: str, *, limit: int = 5) -> Found:
        return self.part(language).search(question, language, limit=limit)
