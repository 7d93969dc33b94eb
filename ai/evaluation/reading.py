"""Labelled texts as examples: which language each is in, and its vectors."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders import EmbedderSet, Vectors
from ai.engine.intents import Examples, IntentModel
from ai.engine.intents.examples import is_english_worth_it
from ai.engine.language import detect, most_common
from ai.evaluation.datasets import Labelled
from ai.evaluation.report import embed

#: A text is believed to be in another language than the rest only above this confidence.
_SURE = 0.95
_SAMPLE = 400
_CHUNK = 4_096


@dataclass(frozen=True, slots=True)
class Scored:
    """Texts that a model reads by one of its routes; ``margins`` and ``scores`` (log probabilities) are ``[n, labels]``."""

    route: str
    part: Examples
    margins: NDArray[np.float32]
    scores: NDArray[np.float32]


def languages_of(texts: Sequence[str]) -> tuple[str, ...]:
    """Each text's language. A text that is short or unclear is in the language of most: in a product it would be in its
    conversation's, which a set of single texts does not have."""
    main = most_common(texts[:: max(1, len(texts) // _SAMPLE)])
    found = [detect(text, earlier=main) for text in texts]
    return tuple(one.code if one.confidence >= _SURE else main for one in found)


def read(embedders: EmbedderSet, texts: Sequence[str], labels: Sequence[str], *, has_english: bool | None = None) -> Examples:
    """``has_english``: whether English vectors are needed; by the texts themselves when None."""
    languages = languages_of(texts)
    if has_english is None:
        has_english = is_english_worth_it(languages)
    return Examples(tuple(texts), tuple(labels), languages, vectors_of(embedders, texts, has_english=has_english))


def in_chunks(embedders: EmbedderSet, rows: Labelled, *, has_english: bool) -> Iterator[Examples]:
    """All the rows in order, some thousand at a time: the vectors of 200,000 texts would be 700 MB."""
    languages = languages_of(rows.texts)
    for start in range(0, len(rows), _CHUNK):
        chosen = slice(start, start + _CHUNK)
        texts = rows.texts[chosen]
        vectors = vectors_of(embedders, texts, has_english=has_english, before=start, total=len(rows))
        yield Examples(texts, rows.labels[chosen], languages[chosen], vectors)


def vectors_of(
    embedders: EmbedderSet, texts: Sequence[str], *, has_english: bool, before: int = 0, total: int = 0
) -> Mapping[str, Vectors]:
    """By embedder's name; ``before`` and ``total`` as in :func:`ai.evaluation.report.embed`."""
    used = [embedders.english, embedders.multilingual] if has_english else [embedders.multilingual]
    return {one.name: embed(one, texts, before=before, total=total) for one in used}


def scored(model: IntentModel, rows: Examples) -> Iterator[tuple[NDArray[np.intp], Scored]]:
    """What a model says of texts, route by route, each with the places of its texts among ``rows``."""
    routes = np.array([model.route_name(language) for language in rows.languages])
    for route in np.unique(routes):
        chosen = np.flatnonzero(routes == route)
        part = rows.take(chosen)
        margins = model.margins(part.texts)
        yield chosen, Scored(str(route), part, margins, model.log_probabilities(str(route), part.vectors, margins))
