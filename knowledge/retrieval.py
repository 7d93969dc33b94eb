"""Finding passages by words and by meaning: one statement over the workspace's postings and vectors."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from core.tenancy import current_workspace_id
from knowledge.addresses import address_of
from knowledge.models import Document, HelpCentre, Passage
from knowledge.selectors.centre import open_centre
from knowledge.words import asked_stems, tokens

#: Which column holds an embedder's vectors, by the embedder's name.
COLUMNS = {"minilm-l6-int8": "english", "use-multilingual-v3": "multilingual"}
#: Robertson and Zaragoza's usual constants: how fast repeated words stop counting, how much long passages are held back.
_K1, _B = 1.5, 0.75


class Audience(StrEnum):
    """For whom something is looked up: what may be told to customers, or also what only the team may read."""

    PUBLIC = "public"
    AGENTS = "agents"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a search looks at besides what is in use: documents that are left out, and trial documents that are taken in.

    For measuring what a change would do; everybody else searches what is in use, the default.
    """

    without: frozenset[UUID] = frozenset()
    trials: frozenset[UUID] = frozenset()


IN_USE = Shelf()


@dataclass(frozen=True, slots=True)
class Scored:
    """How well a passage fits a question, before its text is read; as in :class:`Candidate`."""

    passage_id: UUID
    document_id: UUID
    language: str
    bm25: float
    similarity: float | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that may answer a question. ``bm25`` is 0 where it holds none of the question's words; ``similarity`` is a
    cosine, None where there is no vector to compare. ``url`` is where customers can read it, "" where they cannot."""

    passage_id: UUID
    document_id: UUID
    title: str
    heading: str
    url: str
    text: str
    language: str
    is_public: bool
    updated_at: datetime
    bm25: float
    similarity: float | None


#: Passages that a search must not see: trial documents but those named, and documents that are left out.
_HIDDEN = """
hidden AS MATERIALIZED (
    SELECT passage.id FROM knowledge_document AS document JOIN knowledge_passage AS passage ON passage.document_id = document.id
    WHERE document.workspace_id = %(workspace)s AND document.kind = 'trial' AND document.id <> ALL(%(trials)s::uuid[])
    UNION ALL
    SELECT id FROM knowledge_passage WHERE document_id = ANY(%(without)s::uuid[]) AND workspace_id = %(workspace)s)"""
_WORDS = """
asked AS (SELECT * FROM unnest(%(stems)s::bigint[], %(asked)s::float8[]) AS one(stem, times)),
stats AS (
    SELECT count(*)::float8 AS passages, greatest(1, coalesce(avg(length), 1))::float8 AS mean FROM knowledge_passage
    WHERE workspace_id = %(workspace)s AND is_public >= %(public)s AND id NOT IN (SELECT id FROM hidden)),
held AS MATERIALIZED (
    SELECT passage_id, stem, times, length FROM knowledge_posting
    WHERE workspace_id = %(workspace)s AND stem = ANY(%(stems)s::bigint[]) AND is_public >= %(public)s
        AND passage_id NOT IN (SELECT id FROM hidden)),
weights AS (
    SELECT held.stem, min(asked.times) * ln(1 + (min(stats.passages) - count(*) + 0.5) / (count(*) + 0.5)) AS weight
    FROM held JOIN asked USING (stem) CROSS JOIN stats GROUP BY held.stem),
words AS MATERIALIZED (
    SELECT passage_id, sum(
        weight * times
        * (%(k1)s::float8 + 1) / (times + %(k1)s::float8 * (1 - %(b)s::float8 + %(b)s::float8 * (length::float8 / mean)))
    ) AS bm25
    FROM held JOIN weights USING (stem) CROSS JOIN stats GROUP BY passage_id)"""
_BY_WORDS = """
SELECT passage_id, document_id, language, bm25, NULL::float8
FROM words JOIN knowledge_passage AS passage ON passage.id = passage_id AND passage.workspace_id = %(workspace)s
ORDER BY bm25 DESC LIMIT %(limit)s"""
_BY_BOTH = """
, meaning AS MATERIALIZED (
    SELECT id AS passage_id, {similarity} AS similarity FROM knowledge_passage
    WHERE workspace_id = %(workspace)s AND is_public >= %(public)s AND embedded_at IS NOT NULL
        AND id NOT IN (SELECT id FROM hidden)),
best AS (
    (SELECT passage_id FROM words ORDER BY bm25 DESC LIMIT %(limit)s)
    UNION
    (SELECT passage_id FROM meaning WHERE similarity IS NOT NULL ORDER BY similarity DESC LIMIT %(limit)s))
SELECT passage_id, document_id, language, coalesce(bm25, 0), similarity
FROM best JOIN knowledge_passage AS passage ON passage.id = passage_id AND passage.workspace_id = %(workspace)s
LEFT JOIN words USING (passage_id) LEFT JOIN meaning USING (passage_id)"""

_HELD = """
SELECT count(DISTINCT stem) FROM knowledge_posting
WHERE workspace_id = %(workspace)s AND passage_id = %(passage)s AND stem = ANY(%(stems)s::bigint[])"""


def candidates(
    question: str,
    *,
    language: str,
    audience: Audience,
    vectors: Mapping[str, NDArray[np.float32]] | None = None,
    limit: int = 50,
) -> list[Candidate]:
    """The best passages by words and by meaning, at most `limit` of each, the best by words first.

    `vectors`: the question in the space of each embedder that read it, by its name (unit vectors); each passage is
    compared in the English space if both have it, else in the multilingual one. Without vectors words decide alone.
    """
    found = scores(question, language=language, audience=audience, vectors=vectors, limit=limit)
    return sorted(load(found), key=lambda one: (-one.bm25, -(one.similarity or 0.0), one.passage_id))


def load(found: Sequence[Scored]) -> list[Candidate]:
    """Passages with their texts, in the order given; what has gone meanwhile is left out."""
    rows = Passage.objects.filter(id__in=[one.passage_id for one in found]).select_related("document", "document__article")
    # Vectors are large, and nobody reads them here.
    known = {row.pk: row for row in rows.defer("english", "multilingual", "sentences", "document__article__body")}
    centre = open_centre()
    return [_candidate(known[one.passage_id], one, centre) for one in found if one.passage_id in known]


def scores(
    question: str,
    *,
    language: str,
    audience: Audience,
    vectors: Mapping[str, NDArray[np.float32]] | None = None,
    limit: int = 50,
    shelf: Shelf = IN_USE,
) -> list[Scored]:
    """What `candidates` finds, without the texts: one statement."""
    found = _scores(question, language, audience, vectors or {}, limit, shelf)
    return [Scored(passage, document, spoken, float(bm25), near) for passage, document, spoken, bm25, near in found]


def _candidate(row: Passage, scored: Scored, centre: HelpCentre | None) -> Candidate:
    return Candidate(
        passage_id=row.pk,
        document_id=row.document_id,
        title=row.document.title,
        heading=row.heading,
        url=address_of(row.document, centre),
        text=row.text,
        language=row.language,
        is_public=row.is_public,
        updated_at=row.document.updated_at,
        bm25=scored.bm25,
        similarity=scored.similarity,
    )


def held_share(words: Sequence[str], passage_id: UUID, *, language: str) -> float | None:
    """The share (0 to 1) of words that a passage holds, by their stems; None without words."""
    workspace_id = current_workspace_id()
    asked = sorted(set(tokens(asked_stems(" ".join(words), language), workspace_id=workspace_id)))
    if not asked:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_HELD, {"workspace": workspace_id, "passage": passage_id, "stems": asked})
        row = cursor.fetchone()
    return int(row[0]) / len(asked) if row else 0.0


def are_public(document_ids: Collection[UUID]) -> bool:
    """Whether customers may be told of all these documents now: none was taken back since it was found."""
    asked = set(document_ids)
    return Document.objects.filter(pk__in=asked, is_public=True).count() == len(asked)


def sentence_vectors(passage_ids: Sequence[UUID]) -> dict[UUID, NDArray[np.float16]]:
    """The vectors of the titles, headings and sentences of passages that were embedded, end to end, in the space of the passage's
    language."""
    rows = Passage.objects.filter(id__in=passage_ids, sentences__isnull=False).values_list("id", "sentences")
    return {passage_id: np.frombuffer(bytes(kept), dtype=np.float16) for passage_id, kept in rows if kept is not None}


def _scores(
    question: str, language: str, audience: Audience, vectors: Mapping[str, NDArray[np.float32]], limit: int, shelf: Shelf
) -> list[tuple[UUID, UUID, str, float, float | None]]:
    workspace_id = current_workspace_id()
    asked = Counter(tokens(asked_stems(question, language), workspace_id=workspace_id))
    values: dict[str, Any] = {
        "workspace": workspace_id,
        "stems": list(asked),
        "asked": [float(times) for times in asked.values()],
        "public": audience is Audience.PUBLIC,
        "k1": _K1,
        "b": _B,
        "limit": limit,
        **_shelf_values(shelf),
    }
    spaces = {COLUMNS[name]: vector for name, vector in vectors.items() if name in COLUMNS}
    parts = [f"1 - ({column} <=> %({column})s::vector)" for column in ("english", "multilingual") if column in spaces]
    values.update({column: _literal(vector) for column, vector in spaces.items()})
    tail = _BY_BOTH.format(similarity=f"coalesce({', '.join(parts)})") if parts else _BY_WORDS
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {_HIDDEN}, {_WORDS} {tail}", values)
        rows: list[tuple[UUID, UUID, str, float, float | None]] = cursor.fetchall()
    return rows


def _shelf_values(shelf: Shelf) -> dict[str, list[UUID]]:
    return {"without": list(shelf.without), "trials": list(shelf.trials)}


def _literal(vector: NDArray[np.float32]) -> str:
    """A vector as Postgres reads it; one row of a matrix is a vector too."""
    return "[" + ",".join(map(str, np.asarray(vector, dtype=np.float32).reshape(-1).tolist())) + "]"
