"""Making an :class:`~ai.engine.intents.model.IntentModel` from labelled messages, in seconds on one core."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import gate as gates
from ai.engine.intents.examples import Examples, examples_from_names, is_held_out
from ai.engine.intents.fitting import FEW, MANY, Settings, TrainingError, fit
from ai.engine.intents.gate import Gate
from ai.engine.intents.linear import Progress
from ai.engine.intents.model import IntentModel, Route, fuse
from ai.engine.intents.tuning import tune

#: With fewer examples a label than this, names are examples too and words count for less.
_FEW = 20
#: Share of in-scope messages that a gate hands over where nothing out of scope is known yet.
_HANDED_OVER = 0.05
#: The SVM's weights that are tried on held-out messages, and how many of these it takes to tell them apart.
_SVM_WEIGHTS, _FEWEST_TO_COMPARE = (0.5, 0.3, 0.8, 0.15), 300
#: A gate without out-of-scope examples learns from labels that its classifier has not seen: a fifth of them.
_FEWEST_LABELS_TO_HIDE = 10
#: Below this many examples a label a learned gate is no better than the untrained one (0.79 to 0.81 for 0.80 to 0.83 at
#: five, 0.84 for 0.82 at ten; AUROC on parts of Banking77's training questions).
_FEWEST_A_LABEL = 8
_SEED = 20261123


def train(
    examples: Examples,
    embedders: EmbedderSet,
    *,
    labels: Sequence[str] = (),
    outside: Examples | None = None,
    is_balanced: bool = False,
    tell: Progress = lambda _: None,
) -> IntentModel:
    """A model of the examples' labels and of ``labels``, which may have no example at all.

    ``outside`` are messages that belong to no label; the gate learns from them. Without them, it learns from labels
    hidden from a second classifier. ``is_balanced``: rare labels count as much as common ones, and the settings are tuned for
    that. Raises :class:`TrainingError` for fewer than two labels.
    """
    every = sorted({*labels, *examples.labels})
    if len(every) < 2:
        raise TrainingError(f"A model tells labels apart: {len(every)} given, 2 are the fewest.")
    is_few = len(examples) < _FEW * len(every)
    known = _with_names(examples, every, embedders) if is_few else examples
    languages = examples.native_languages() or known.native_languages()
    settings = FEW if is_few else MANY
    if is_balanced:
        tell("choosing settings on a held-out part")
        settings = tune(examples, languages=languages, embedders=embedders)
    tell(f"training on {len(known):,} examples of {len(every)} labels")
    model = fit(known, languages=languages, embedders=embedders, settings=settings, tell=tell)
    if len(examples) < _FEWEST_A_LABEL * len(every):
        return model
    return replace(model, routes=_with_gates(model, examples, outside, embedders, settings, tell))


def _with_names(examples: Examples, labels: Sequence[str], embedders: EmbedderSet) -> Examples:
    if not len(examples):
        return examples_from_names(embedders, labels, language="en", has_english=True)
    has_english = embedders.english.name in examples.vectors
    main = examples.native_languages()[0]
    return examples.with_others(examples_from_names(embedders, labels, language=main, has_english=has_english))


def _with_gates(
    model: IntentModel, examples: Examples, outside: Examples | None, embedders: EmbedderSet, settings: Settings, tell: Progress
) -> Mapping[str, Route]:
    """The model's routes, weights and gates learned from a second model that has not seen what it is judged by."""
    is_held = np.array([is_held_out(text) for text in examples.texts], dtype=bool)
    hidden: set[str] = set()
    if outside is None or len(outside) < gates.FEWEST:
        hidden = _labels_to_hide(model.labels)
        outside = examples.take(np.flatnonzero([label in hidden for label in examples.labels]))
    is_known = np.array([label not in hidden for label in examples.labels], dtype=bool)
    seen = examples.take(np.flatnonzero(~is_held & is_known))
    judged = set(seen.labels)
    is_judged = np.array([label in judged for label in examples.labels], dtype=bool)
    inside = examples.take(np.flatnonzero(is_held & is_judged))
    if min(len(inside), len(outside)) < gates.FEWEST or len(set(seen.labels)) < 2:
        return model.routes
    tell(f"learning what is out of scope from {len(outside):,} messages")
    second = fit(seen, languages=model.languages, embedders=embedders, settings=settings, tell=tell)
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
