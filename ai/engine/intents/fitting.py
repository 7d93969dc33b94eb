"""Fitting the layers of a model: heads, words, and the routes that say who is heard in which language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import features, gate as gates
from ai.engine.intents.examples import Examples
from ai.engine.intents.linear import MOST_PAIRS, Progress, as_matrix, fit_logistic, fit_svm
from ai.engine.intents.model import Head, IntentModel, Route

#: What the multilingual head adds to the English one (0.3 and 0.5 are as good as each other).
_MULTILINGUAL_SHARE = 0.3
_EXAMPLES_PER_LABEL = 64
_SEED = 20261123


class TrainingError(Exception):
    """There is nothing to tell apart: fewer than two labels."""


@dataclass(frozen=True, slots=True)
class Settings:
    """``head`` and ``svm`` are scikit-learn's C: the larger, the closer the fit. ``is_balanced``: every label counts the
    same, however many examples it has."""

    head: float
    svm: float
    svm_weight: float
    is_balanced: bool = False


#: Chosen on parts of Banking77's training questions; the curve is flat around them.
MANY = Settings(head=10.0, svm=1.0, svm_weight=0.5)
#: For fewer than 20 examples a label.
FEW = Settings(head=30.0, svm=1.0, svm_weight=0.15)


def fit(
    known: Examples,
    *,
    languages: tuple[str, ...],
    embedders: EmbedderSet,
    settings: Settings,
    tell: Progress = lambda _: None,
) -> IntentModel:
    """A model whose gates are untrained. Raises :class:`TrainingError` for fewer than two labels. ``tell`` hears of its progress
    where it takes minutes."""
    labels = tuple(sorted(set(known.labels)))
    if len(labels) < 2:
        raise TrainingError("A model tells labels apart: fewer than 2 of them have an example or a name that says something.")
    numbers = {label: number for number, label in enumerate(labels)}
    y = np.array([numbers[label] for label in known.labels])
    is_long = len(y) * len(labels) > MOST_PAIRS
    heads = {}
    for name, vectors in known.vectors.items():
        if is_long:
            tell(f"learning from the vectors of {name}")
        heads[name] = _head(name, vectors, y, embedders, settings)
    # Counted twice: the counts of all texts at once take ten times the memory of their weights.
    idf = features.inverse_frequencies(features.count(text) for text in known.texts)
    matrix = as_matrix([features.weigh(features.count(text), idf) for text in known.texts])
    return IntentModel(
        labels=labels,
        languages=languages,
        heads=heads,
        idf=idf,
        svm=fit_svm(matrix, y, strength=settings.svm, balanced=settings.is_balanced, tell=tell),
        routes=_routes(embedders, languages, known.vectors, settings.svm_weight),
    )


def _head(name: str, vectors: NDArray[np.float32], y: NDArray[np.int64], embedders: EmbedderSet, settings: Settings) -> Head:
    one = embedders.english if embedders.english.name == name else embedders.multilingual
    linear = fit_logistic(vectors, y, strength=settings.head, balanced=settings.is_balanced)
    random = np.random.default_rng(_SEED)
    kept: list[int] = []
    for label in range(int(y.max()) + 1):
        rows = np.flatnonzero(y == label)
        kept += random.permutation(rows)[:_EXAMPLES_PER_LABEL].tolist()
    return Head(name, one.sha256, linear, np.ascontiguousarray(vectors[sorted(kept)]))


def _routes(embedders: EmbedderSet, languages: Sequence[str], vectors: Mapping[str, object], weight: float) -> dict[str, Route]:
    english, multilingual = embedders.english.name, embedders.multilingual.name
    routes = {"foreign": Route({multilingual: 1.0}, 0.0, gates.untrained())}
    if "en" in languages and english in vectors:
        both = {english: 1 - _MULTILINGUAL_SHARE, multilingual: _MULTILINGUAL_SHARE}
        routes["english"] = Route({english: 1.0} if english == multilingual else both, weight, gates.untrained())
    if set(languages) - {"en"}:
        routes["trained"] = Route({multilingual: 1.0}, weight, gates.untrained())
    return routes
