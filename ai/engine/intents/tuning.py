"""Settings for labels that are few, broad and uneven, such as moods, chosen on a held-out part of the training texts."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents.examples import Examples, is_held_out
from ai.engine.intents.fitting import Settings, fit
from ai.engine.intents.model import fuse

_HEADS, _SVMS, _WEIGHTS = (1.0, 0.1, 10.0), (0.1, 0.01, 1.0), (0.3, 0.15, 0.5, 0.8, 1.2)
_FEWEST = 100
#: What is used below that: a loose fit would learn single examples by heart.
_DEFAULT = Settings(head=1.0, svm=0.1, svm_weight=0.3, is_balanced=True)


def tune(examples: Examples, *, languages: tuple[str, ...], embedders: EmbedderSet) -> Settings:
    """The settings with the best mean recall of the labels on held-out texts; the first of equals."""
    is_held = np.array([is_held_out(text) for text in examples.texts], dtype=bool)
    held, seen = examples.take(np.flatnonzero(is_held)), examples.take(np.flatnonzero(~is_held))
    if len(held) < _FEWEST or set(held.labels) != set(examples.labels) or set(seen.labels) != set(examples.labels):
        return _DEFAULT
    truth = np.array([sorted(set(held.labels)).index(label) for label in held.labels])
    heads, margins = {}, {}
    for head, svm in zip(_HEADS, _SVMS, strict=True):
        settings = replace(_DEFAULT, head=head, svm=svm)
        model = fit(seen, languages=languages, embedders=embedders, settings=settings)
        route = next(name for name in ("english", "trained", "foreign") if name in model.routes)
        heads[head] = {name: model.head_scores(name, held.vectors[name]) for name in model.routes[route].shares}
        margins[svm] = model.margins(held.texts)
    recalls = {
        Settings(head, svm, weight, is_balanced=True): _macro_recall(
            truth, fuse(heads[head], model.routes[route].shares, margins[svm], weight)
        )
        for head in _HEADS
        for svm in _SVMS
        for weight in _WEIGHTS
    }
    return max(recalls, key=lambda settings: recalls[settings])


def _macro_recall(truth: NDArray[np.int64], scores: NDArray[np.float32]) -> float:
    found = scores.argmax(axis=1)
    return float(np.mean([(found[truth == label] == label).mean() for label in np.unique(truth)]))
