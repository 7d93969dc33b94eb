"""Passages to search, in memory: by words and by meaning, in the embedder of the question's language."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.answers.sentences import Sentence, split
from ai.engine.embedders import Embedder, EmbedderSet, Vectors
from ai.engine.retrieval import bm25
from ai.engine.retrieval.evidence import NO_WORDS, Evidence
from ai.engine.retrieval.function_words import content_words
from ai.engine.retrieval.fusion import fuse
from ai.engine.retrieval.ranking import DEPTH, Look, evidence_of, weigh
from ai.engine.text import stem_words, stems


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of an article. ``id`` is what a citation names; ``title`` (and headings, a line each) is searched with the text,
    never quoted; ``article`` names what it is a piece of, "" where it stands alone."""

    id: str
    title: str
    text: str
    language: str
    article: str = ""

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
        titles = [[line for line in passage.title.splitlines() if line.strip()] for passage in passages]
        self._title_starts = np.cumsum([0, *map(len, titles)])
        self._title_vectors = embedder.embed([line for found in titles for line in found])
        self._sentence_vectors = embedder.embed([sentence.text for found in self._sentences for sentence in found])

    def search(self, question: str, language: str, *, limit: int, without: frozenset[int] = frozenset()) -> Found:
        """``without``: numbers of passages that are left out, as if they were not there."""
        return self.rank(question, language, self.embedder.embed([question])[0], limit=limit, without=without)

    def rank(
        self, question: str, language: str, vector: NDArray[np.float32], *, limit: int, without: frozenset[int] = frozenset()
    ) -> Found:
        """Passages in the question's language where there are some, else all."""
        kept = [number for number in range(len(self.passages)) if number not in without]
        own = [number for number in kept if self.passages[number].language == language]
        return self._rank(question, language, vector, np.array(own or kept, dtype=np.int64), limit) if kept else Found((), None)

    def _rank(self, question: str, language: str, vector: NDArray[np.float32], kept: NDArray[np.int64], limit: int) -> Found:
        scored = bm25.score(stems(question, language), self.words)
        words = np.array([scored.get(int(number), 0.0) for number in kept], dtype=np.float32)
        meaning: NDArray[np.float32] = self.vectors[kept] @ vector
        fused = fuse(words, meaning)
        order = [int(row) for row in np.argsort(-fused, kind="stable")]
        looked_at = order[:DEPTH]
        looks = [self.look(int(kept[row]), float(words[row]), vector) for row in looked_at]
        scores = weigh(looks)
        places = [int(place) for place in np.argsort(-scores, kind="stable")]
        last = float(scores.min())
        best = [(looked_at[place], float(scores[place])) for place in places]
        best += [(row, min(last, float(fused[row]))) for row in order[DEPTH:limit]]
        hits = tuple(self.hit(int(kept[row]), score, float(words[row]), vector) for row, score in best[:limit])
        first = int(kept[best[0][0]])
        others = [float(meaning[row]) for row, number in enumerate(kept) if not self._is_same(int(number), first)]
        coverage = self._coverage(question, language, first)
        return Found(hits, evidence_of(looks, places[0], rival=max(others, default=None), coverage=coverage))

    def look(self, number: int, words: float, vector: NDArray[np.float32]) -> Look:
        """How near a passage is to the question, by its number among ``passages``."""
        similarity = float(self.vectors[number] @ vector)
        above = self._title_vectors[self._title_starts[number] : self._title_starts[number + 1]] @ vector
        sentences = self._sentence_vectors[self._starts[number] : self._starts[number + 1]] @ vector
        title = float(above[0]) if len(above) else similarity
        heading = float(above[-1]) if len(above) > 1 else None
        article = self.passages[number].article or str(number)
        return Look(article, words, similarity, title, heading, float(sentences.max()) if len(sentences) else similarity)

    def hit(self, number: int, score: float, words: float, vector: Vectors) -> Hit:
        """A passage as a hit, by its number among ``passages``."""
        own = self._sentence_vectors[self._starts[number] : self._starts[number + 1]] @ vector
        similarity = float(self.vectors[number] @ vector)
        return Hit(self.passages[number], score, similarity, words, self._sentences[number], tuple(map(float, own)))

    def _is_same(self, one: int, other: int) -> bool:
        return one == other or (self.passages[one].article == self.passages[other].article != "")

    def _coverage(self, question: str, language: str, number: int) -> float:
        asked = stem_words(content_words(question, language), language)
        return sum(stem in self._stems[number] for stem in asked) / len(asked) if asked else NO_WORDS


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
