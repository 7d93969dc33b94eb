"""Making an :class:`~ai.engine.intents.model.IntentModel` from labelled messages, in seconds on one core."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders import Embedders
from ai.engine.intents import features, gate as gates
from ai.engine.intents.examples import Examples, examples_from_names, is_held_out
from ai.engine.intents.gate import Gate
from ai.engine.intents.linear import fit_logistic, fit_svm
from ai.engine.intents.model import Head, IntentModel, Route, fuse

#: With fewer examples a label than this, names are examples too and words count for less.
_FEW = 20
#: Chosen on parts of Banking77's training questions; the curve is flat around them. C of the heads, weight of the SVM.
_STRENGTH, _SVM_WEIGHT = 10.0, 0.5
_FEW_STRENGTH, _FEW_SVM_WEIGHT = 30.0, 0.15
#: What the multilingual head adds to the English one (0.3 and 0.5 are as good as each other).
_MULTILINGUAL_SHARE = 0.3
_EXAMPLES_PER_LABEL = 64
#: Share of in-scope messages that a gate hands over where nothing out of scope is known yet.
_HANDED_OVER = 0.05
#: The SVM's weights that are tried on held-out messages, and how many of these it takes to tell them apart.
_SVM_WEIGHTS, _FEWEST_TO_COMPARE = (0.5, 0.3, 0.8, 0.15), 300
#: A gate without out-of-scope examples learns from labels that its classifier has not seen: a fifth of them.
_FEWEST_LABELS_TO_HIDE = 10
_SEED = 20261123

type Progress = Callable[[str], None]


class TrainingError(Exception):
    """There is nothing to tell apart: fewer than two labels."""


def train(
    examples: Examples,
    embedders: Embedders,
    *,
    labels: Sequence[str] = (),
    outside: Examples | None = None,
    tell: Progress = lambda _: None,
) -> IntentModel:
    """A model of the examples' labels and of ``labels``, which may have no example at all.

    ``outside`` are messages that belong to no label; the gate learns from them. Without them, it learns from labels
    hidden from a second classifier. Raises :class:`TrainingError` for fewer than two labels.
    """
    every = sorted({*labels, *examples.labels})
    if len(every) < 2:
        raise TrainingError(f"A model tells labels apart: {len(every)} given, 2 are the fewest.")
    languages = examples.native_languages()
    if len(examples) < _FEW * len(every):
        names = examples_from_names(embedders, every, languages)
        known = examples.with_others(_with_vectors_of(names, examples)) if len(examples) else names
    else:
        known = examples
    languages = languages or known.native_languages()
    tell(f"training on {len(known)} examples of {len(every)} labels")
    is_few = len(examples) < _FEW * len(every)
    model = _fit(known, every_language=languages, embedders=embedders, is_few=is_few)
    return replace(model, routes=_with_gates(model, examples, outside, embedders=embedders, is_few=is_few, tell=tell))


def _with_vectors_of(names: Examples, examples: Examples) -> Examples:
    return replace(names, vectors={name: names.vectors[name] for name in examples.vectors})


def _fit(known: Examples, *, every_language: tuple[str, ...], embedders: Embedders, is_few: bool) -> IntentModel:
    labels = tuple(sorted(set(known.labels)))
    if len(labels) < 2:
        raise TrainingError("A model tells labels apart: fewer than 2 of them have an example or a name that says something.")
    y = np.array([labels.index(label) for label in known.labels])
    counted = [features.count(text) for text in known.texts]
    idf = features.inverse_frequencies(counted)
    return IntentModel(
        labels=labels,
        languages=every_language,
        heads={name: _head(name, vectors, y, embedders, is_few=is_few) for name, vectors in known.vectors.items()},
        idf=idf,
        svm=fit_svm([features.weigh(blocks, idf) for blocks in counted], y),
        routes=_routes(embedders, every_language, known.vectors, is_few=is_few),
    )


def _head(name: str, vectors: NDArray[np.float32], y: NDArray[np.int64], embedders: Embedders, *, is_few: bool) -> Head:
    one = embedders.english if embedders.english.name == name else embedders.multilingual
    linear = fit_logistic(vectors, y, strength=_FEW_STRENGTH if is_few else _STRENGTH)
    random = np.random.default_rng(_SEED)
    kept: list[int] = []
    for label in range(int(y.max()) + 1):
        rows = np.flatnonzero(y == label)
        kept += random.permutation(rows)[:_EXAMPLES_PER_LABEL].tolist()
    return Head(name, one.sha256, linear, np.ascontiguousarray(vectors[sorted(kept)]))


def _routes(embedders: Embedders, languages: Sequence[str], vectors: Mapping[str, object], *, is_few: bool) -> dict[str, Route]:
    weight = _FEW_SVM_WEIGHT if is_few else _SVM_WEIGHT
    english, multilingual = embedders.english.name, embedders.multilingual.name
    routes = {"foreign": Route({multilingual: 1.0}, 0.0, gates.untrained())}
    if "en" in languages and english in vectors:
        shares = (
            {english: 1.0} if english == multilingual else {english: 1 - _MULTILINGUAL_SHARE, multilingual: _MULTILINGUAL_SHARE}
        )
        routes["english"] = Route(shares, weight, gates.untrained())
    if set(languages) - {"en"}:
        routes["trained"] = Route({multilingual: 1.0}, weight, gates.untrained())
    return routes


def _with_gates(
    model: IntentModel, examples: Examples, outside: Examples | None, *, embedders: Embedders, is_few: bool, tell: Progress
) -> Mapping[str, Route]:
    """The model's routes, weights and gates learned from a second model that has not seen what it is judged by."""
    is_held = np.array([is_held_out(text) for text in examples.texts], dtype=bool)
    hidden: set[str] = set()
    if outside is None or len(outside) < gates.FEWEST:
        hidden = _labels_to_hide(model.labels)
        outside = examples.take(np.flatnonzero([label in hidden for label in examples.labels]))
    is_known = np.array([label not in hidden for label in examples.labels], dtype=bool)
    inside = examples.take(np.flatnonzero(is_held & is_known))
    seen = examples.take(np.flatnonzero(~is_held & is_known))
    if is_few or min(len(inside), len(outside)) < gates.FEWEST or len(set(seen.labels)) < 2:
        return model.routes
    tell(f"learning what is out of scope from {len(outside)} messages")
    second = _fit(seen, every_language=model.languages, embedders=embedders, is_few=is_few)
    second = replace(second, routes={name: _with_best_weight(second, name, inside) for name in second.routes})
    return {
        name: replace(route, gate=_learn_gate(second, name, inside, outside, is_outside_real=not hidden))
        for name, route in second.routes.items()
    }


def _with_best_weight(second: IntentModel, name: str, inside: Examples) -> Route:
    """The route with the SVM's weight under which most held-out messages are right; the earlier of equals."""
    route = second.routes[name]
    if not route.svm_weight or len(inside) < _FEWEST_TO_COMPARE:
        return route
    truth = np.array([second.labels.index(label) for label in inside.labels])
    margins = second.margins(inside.texts)
    scores = {head: second.head_scores(head, inside.vectors[head]) for head in route.shares}
    rights = [(fuse(scores, route.shares, margins, weight).argmax(axis=1) == truth).mean() for weight in _SVM_WEIGHTS]
    return replace(route, svm_weight=_SVM_WEIGHTS[int(np.argmax(rights))])


def _labels_to_hide(labels: Sequence[str]) -> set[str]:
    if len(labels) < _FEWEST_LABELS_TO_HIDE:
        return set()
    order = np.random.default_rng(_SEED).permutation(len(labels))
    return {labels[number] for number in order[: len(labels) // 5]}


def _learn_gate(second: IntentModel, route: str, inside: Examples, outside: Examples, *, is_outside_real: bool) -> Gate:
    evidence, scores = {}, {}
    for side, rows in (("in", inside), ("out", outside)):
        margins = second.margins(rows.texts)
        scores[side] = second.log_probabilities(route, rows.vectors, margins)
        evidence[side] = second.evidence(route, scores[side], rows.vectors, margins)
    gate = gates.fit(evidence["in"], evidence["out"])
    chances = gate.score(evidence["in"])
    if not is_outside_real:
        return replace(gate, threshold=gates.threshold_for_share(chances, _HANDED_OVER))
    found = np.array(second.labels)[scores["in"].argmax(axis=1)]
    return replace(gate, threshold=gates.best_threshold(chances, found == np.array(inside.labels), gate.score(evidence["out"])))
