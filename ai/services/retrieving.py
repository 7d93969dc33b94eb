"""Looking up what a customer asks in the workspace's knowledge: the best passages, and whether they are enough to answer from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ai.engine.answers.sentences import Sentence, split
from ai.engine.embedders import Embedder, EmbedderSet
from ai.engine.retrieval import Evidence, EvidenceGate, Hit, Passage as EnginePassage, query_of
from ai.engine.retrieval.fusion import fuse
from ai.gate import Opened
from knowledge.retrieval import COLUMNS, IN_USE, Audience, Candidate, Scored, Shelf, coverage, load, scores, sentence_vectors

#: Of so many candidates by words the light embedder makes vectors while the customer waits (about 1 ms each).
_LIGHT = 20


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that was found. ``score`` is relative to the others (0 to 1); ``hit`` is what the engine's answers quote from."""

    candidate: Candidate
    score: float
    hit: Hit


@dataclass(frozen=True, slots=True)
class Found:
    """The best passages first. ``evidence`` is the chance (0 to 1) that the first one answers the question; ``query`` what was
    looked up."""

    passages: list[Source]
    evidence: float
    is_answerable: bool
    query: str


@dataclass(frozen=True, slots=True)
class _Asked:
    query: str
    language: str
    vectors: Mapping[str, NDArray[np.float32]]
    embedders: EmbedderSet
    shelf: Shelf


def retrieve(
    opened: Opened,
    turns: Sequence[str],
    *,
    language: str,
    audience: Audience = Audience.PUBLIC,
    limit: int = 5,
    shelf: Shelf = IN_USE,
) -> Found:
    """Search with the customer's last three messages (oldest first), in the scope of their workspace.

    Words count 0.3 and meaning 0.7; the evidence gate says whether to answer. Without the model packages the light embedder
    ranks what words find. Raises ClosedError.
    """
    query = query_of(turns)
    if not query:
        return Found([], 0.0, is_answerable=False, query="")
    embedders = opened.engine.embedders
    used = [embedders.multilingual, *([embedders.english] if language == "en" else [])]
    vectors = {one.name: one.embed([query])[0] for one in used}
    asked = _Asked(query, language, vectors, embedders, shelf)
    known = {name: vector for name, vector in vectors.items() if name in COLUMNS}
    found = scores(query, language=language, vectors=known or None, audience=audience, shelf=shelf)
    if not found:
        return Found([], 0.0, is_answerable=False, query=query)
    return _ranked(asked, found, audience, limit)


def _ranked(asked: _Asked, found: list[Scored], audience: Audience, limit: int) -> Found:
    """Fused over all that was found; the texts of the best alone are read."""
    if any(one.similarity is None for one in found):
        found = _with_similarities(asked, found)
    words = np.array([one.bm25 for one in found], dtype=np.float32)
    meaning = np.array([one.similarity or 0.0 for one in found], dtype=np.float32)
    fused = fuse(words, meaning)
    best = [int(row) for row in np.argsort(-fused, kind="stable")[:limit]]
    fitting = {found[row].passage_id: float(fused[row]) for row in best}
    kept = sentence_vectors(list(fitting))
    loaded = load([found[row] for row in best])
    if not loaded:
        return Found([], 0.0, is_answerable=False, query=asked.query)
    sources = [_source(asked, one, fitting[one.passage_id], kept) for one in loaded]
    first = loaded[0]
    place = next(row for row, one in enumerate(found) if one.passage_id == first.passage_id)
    others = np.delete(meaning, place)
    similarity = float(meaning[place])
    evidence = Evidence(
        similarity=similarity,
        best_sentence=max(sources[0].hit.sentence_similarities, default=similarity),
        margin=similarity - float(others.max()) if len(others) else similarity,
        coverage=coverage(asked.query, first.passage_id, language=asked.language, audience=audience, shelf=asked.shelf),
        agreement=float(int(words.argmax()) == int(meaning.argmax()) and float(words.max()) > 0),
    )
    # The multilingual space has lower cosines, and a gate of its own.
    is_english = _space(asked, first) is asked.embedders.english
    gate = EvidenceGate.default() if is_english else EvidenceGate.multilingual()
    return Found(sources, gate.chance(evidence), gate.allows(evidence), asked.query)


def _with_similarities(asked: _Asked, found: list[Scored]) -> list[Scored]:
    """Passages that have no vectors (not embedded yet, or no model to embed them) are read now: the best by words."""
    missing = [one for one in found if one.similarity is None][:_LIGHT]
    loaded, embedder = load(missing), asked.embedders.multilingual
    made = embedder.embed([f"{one.title}\n{one.text}" for one in loaded]) @ asked.vectors[embedder.name]
    read = {one.passage_id: float(cosine) for one, cosine in zip(loaded, made, strict=True)}
    known = [one for one in found if one.similarity is not None]
    return known + [Scored(one.passage_id, one.bm25, read[one.passage_id]) for one in missing if one.passage_id in read]


def _source(asked: _Asked, candidate: Candidate, score: float, kept: Mapping[UUID, NDArray[np.float16]]) -> Source:
    sentences = tuple(split(candidate.text))
    near = _of_sentences(asked, candidate, sentences, kept.get(candidate.passage_id))
    passage = EnginePassage(str(candidate.passage_id), candidate.title, candidate.text, candidate.language)
    return Source(candidate, score, Hit(passage, score, candidate.similarity or 0.0, candidate.bm25, sentences, near))


def _of_sentences(
    asked: _Asked, candidate: Candidate, sentences: Sequence[Sentence], kept: NDArray[np.float16] | None
) -> tuple[float, ...]:
    """How near each sentence is to the question: by the kept vectors where they are in a space that the question was read in."""
    embedder = _space(asked, candidate)
    is_own_space = (candidate.language == "en") == (embedder is asked.embedders.english)
    if kept is not None and is_own_space and kept.size == len(sentences) * embedder.size:
        rows = kept.astype(np.float32).reshape(-1, embedder.size)
        return tuple(map(float, rows @ asked.vectors[embedder.name]))
    made = embedder.embed([one.text for one in sentences])
    return tuple(map(float, made @ asked.vectors[embedder.name]))


def _space(asked: _Asked, candidate: Candidate) -> Embedder:
    both_english = asked.language == "en" and candidate.language == "en"
    return asked.embedders.english if both_english else asked.embedders.multilingual
