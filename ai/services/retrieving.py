"""Looking up what a customer asks in the workspace's knowledge: the best passages, and whether they are enough to answer from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ai.engine.answers.sentences import Sentence, split
from ai.engine.embedders import Embedder, EmbedderSet
from ai.engine.retrieval import EvidenceGate, Hit, Passage as EnginePassage, query_of
from ai.engine.retrieval.evidence import NO_WORDS
from ai.engine.retrieval.function_words import content_words
from ai.engine.retrieval.fusion import fuse
from ai.engine.retrieval.ranking import DEPTH, Look, evidence_of, weigh
from ai.gate import Opened
from ai.services.embedding import heads
from knowledge.retrieval import COLUMNS, IN_USE, Audience, Candidate, Scored, Shelf, held_share, load, scores, sentence_vectors

#: Of so many candidates by words the light embedder makes vectors while the customer waits (about 1 ms each).
_LIGHT = 20
#: Of passages in other languages fewer are looked at closely: their sentences are read anew in the space that both share.
_FOREIGN_DEPTH = 4
#: They stand in for those in the customer's language where these have less than this share of their evidence.
_CLEARLY = 0.5


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
class _Read:
    """A passage that was looked at closely; ``near``: the cosines of its sentences."""

    candidate: Candidate
    look: Look
    sentences: tuple[Sentence, ...]
    near: tuple[float, ...]


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

    Words count 0.3 and meaning 0.7, then titles and sentences of the best are looked at; the evidence gate says whether to
    answer. Without the model packages the light embedder ranks what words find. Raises ClosedError.
    """
    query = query_of(turns)
    if not query:
        return _nothing("")
    embedders = opened.engine.embedders
    used = [embedders.multilingual, *([embedders.english] if language == "en" else [])]
    vectors = {one.name: one.embed([query])[0] for one in used}
    asked = _Asked(query, language, vectors, embedders, shelf)
    known = {name: vector for name, vector in vectors.items() if name in COLUMNS}
    found = scores(query, language=language, vectors=known or None, audience=audience, shelf=shelf)
    return _ranked(asked, found, limit) if found else _nothing(query)


def _ranked(asked: _Asked, found: list[Scored], limit: int) -> Found:
    """What is in the customer's language comes first; where it does not answer, what clearly does in another."""
    if any(one.similarity is None for one in found):
        found = _with_similarities(asked, found)
    own = [one for one in found if one.language == asked.language]
    foreign = [one for one in found if one.language != asked.language]
    best = _looked_at(asked, own, DEPTH) if own else None
    if foreign and (best is None or not best.is_answerable):
        other = _looked_at(asked, foreign, _FOREIGN_DEPTH)
        if best is None or (other.is_answerable and best.evidence < _CLEARLY * other.evidence):
            best = other
    return Found(best.passages[:limit], best.evidence, best.is_answerable, asked.query) if best else _nothing(asked.query)


def _looked_at(asked: _Asked, found: list[Scored], depth: int) -> Found:
    """Fused over all that was found; the texts of the best alone are read, and looked at more closely."""
    words = np.array([one.bm25 for one in found], dtype=np.float32)
    meaning = np.array([one.similarity or 0.0 for one in found], dtype=np.float32)
    chosen = [found[int(row)] for row in np.argsort(-fuse(words, meaning), kind="stable")[:depth]]
    kept = sentence_vectors([one.passage_id for one in chosen])
    read = [_read(asked, one, kept.get(one.passage_id)) for one in load(chosen)]
    if not read:
        return _nothing(asked.query)
    looks = [one.look for one in read]
    weighed = weigh(looks)
    order = [int(row) for row in np.argsort(-weighed, kind="stable")]
    sources = [_source(read[row], float(weighed[row])) for row in order]
    first = read[order[0]]
    rivals = [one.similarity or 0.0 for one in found if one.document_id != first.candidate.document_id]
    held = held_share(content_words(asked.query, asked.language), first.candidate.passage_id, language=asked.language)
    evidence = evidence_of(looks, order[0], rival=max(rivals, default=None), coverage=NO_WORDS if held is None else held)
    # The multilingual space has lower cosines, and a gate of its own.
    is_english = _space(asked, first.candidate) is asked.embedders.english
    gate = EvidenceGate.default() if is_english else EvidenceGate.multilingual()
    return Found(sources, gate.chance(evidence), gate.allows(evidence), asked.query)


def _nothing(query: str) -> Found:
    return Found([], 0.0, is_answerable=False, query=query)


def _with_similarities(asked: _Asked, found: list[Scored]) -> list[Scored]:
    """Passages that have no vectors (not embedded yet, or no model to embed them) are read now: the best by words."""
    missing = [one for one in found if one.similarity is None][:_LIGHT]
    loaded, embedder = load(missing), asked.embedders.multilingual
    made = embedder.embed([f"{one.title}\n{one.text}" for one in loaded]) @ asked.vectors[embedder.name]
    read = {one.passage_id: float(cosine) for one, cosine in zip(loaded, made, strict=True)}
    known = [one for one in found if one.similarity is not None]
    return known + [replace(one, similarity=read[one.passage_id]) for one in missing if one.passage_id in read]


def _read(asked: _Asked, candidate: Candidate, kept: NDArray[np.float16] | None) -> _Read:
    sentences = tuple(split(candidate.text))
    above = heads(candidate.title, candidate.heading)
    near = _nearness(asked, candidate, [*above, *(one.text for one in sentences)], kept)
    similarity = candidate.similarity or 0.0
    titles, own = near[: len(above)], near[len(above) :]
    look = Look(
        str(candidate.document_id),
        candidate.bm25,
        similarity,
        titles[0] if titles else similarity,
        titles[-1] if candidate.heading.strip() and candidate.title.strip() else None,
        max(own, default=similarity),
    )
    return _Read(candidate, look, sentences, own)


def _source(read: _Read, score: float) -> Source:
    one = read.candidate
    passage = EnginePassage(str(one.passage_id), one.title, one.text, one.language)
    return Source(one, score, Hit(passage, score, read.look.similarity, one.bm25, read.sentences, read.near))


def _nearness(asked: _Asked, candidate: Candidate, texts: Sequence[str], kept: NDArray[np.float16] | None) -> tuple[float, ...]:
    """How near titles and sentences are to the question: by the kept vectors where they are in a space that it was read in."""
    embedder = _space(asked, candidate)
    is_own_space = (candidate.language == "en") == (embedder is asked.embedders.english)
    if kept is not None and is_own_space and kept.size == len(texts) * embedder.size:
        rows = kept.astype(np.float32).reshape(-1, embedder.size)
        return tuple(map(float, rows @ asked.vectors[embedder.name]))
    made = embedder.embed(texts)
    return tuple(map(float, made @ asked.vectors[embedder.name]))


def _space(asked: _Asked, candidate: Candidate) -> Embedder:
    both_english = asked.language == "en" and candidate.language == "en"
    return asked.embedders.english if both_english else asked.embedders.multilingual
