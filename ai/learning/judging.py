"""Is a candidate better than the model in use? Both are asked the same held-out messages; the difference decides.

Promoted when the mean of the difference is above nothing and its lower bound (one-sided, 90 %) is not below a point. Measured
on a simulation with poisoned batches, that lets no harm through; asking for a bound above nothing misses half of the gains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents import Examples, IntentModel

FEWEST_HELD_OUT = 50
#: Messages outside all intents that tell something about the gate.
_FEWEST_OUTSIDE = 10
_LOWEST_BOUND, _WORST_AUROC, _WORST_ECE = -0.01, 0.01, 0.02
_ROUNDS, _SEED, _BINS = 2_000, 20261123, 10


class Verdict(StrEnum):
    """Why a candidate is, or is not, put to use."""

    BETTER = "better"
    FEW = "few"  # fewer held-out messages than tell anything
    NOT_BETTER = "not_better"
    UNSURE = "unsure"  # the lower bound is too low
    PROTECTED = "protected"  # a protected label is recognised less often
    SCOPE = "scope"  # what belongs to no intent is told less well
    CALIBRATION = "calibration"  # its probabilities promise more than they hold


@dataclass(frozen=True, slots=True)
class Figures:
    """A model on the held-out messages; shares from 0 to 1. `auroc` None: too few messages outside all intents."""

    accuracy: float
    ece: float
    auroc: float | None
    recalls: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The comparison. `confusion` counts the candidate's `[truth, found, count]`."""

    verdict: Verdict
    held_out: int
    outside: int
    gain: float
    lower_bound: float
    champion: Figures
    candidate: Figures
    confusion: Sequence[tuple[str, str, int]]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Found:
    labels: NDArray[np.str_]
    probabilities: NDArray[np.float64]
    in_scope: NDArray[np.float64]


def judge(
    champion: IntentModel, candidate: IntentModel, inside: Examples, outside: Examples, *, protected: Sequence[str] = ()
) -> Judgement:
    """Compare on held-out messages. Where both models agree against a label, the label is taken for wrong and left out."""
    first, second = _ask(champion, inside), _ask(candidate, inside)
    truth = np.array(inside.labels, dtype=str)
    is_sound = ~((first.labels == second.labels) & (first.labels != truth)) if len(truth) else np.zeros(0, dtype=bool)
    truth = truth[is_sound]
    first, second = _take(first, is_sound), _take(second, is_sound)
    before, after = _ask(champion, outside), _ask(candidate, outside)
    old, new = _figures(truth, first, before), _figures(truth, second, after)
    difference = (second.labels == truth).astype(float) - (first.labels == truth).astype(float)
    gain, bound = _bound(difference)
    return Judgement(
        verdict=_verdict(len(truth), gain, bound, old, new, protected),
        held_out=len(truth),
        outside=len(outside),
        gain=gain,
        lower_bound=bound,
        champion=old,
        candidate=new,
        confusion=_confusion(truth, second.labels),
    )


def _verdict(count: int, gain: float, bound: float, old: Figures, new: Figures, protected: Sequence[str]) -> Verdict:
    if count < FEWEST_HELD_OUT:
        return Verdict.FEW
    if gain <= 0:
        return Verdict.NOT_BETTER
    if bound < _LOWEST_BOUND:
        return Verdict.UNSURE
    if any(new.recalls.get(label, 0.0) < old.recalls[label] for label in protected if label in old.recalls):
        return Verdict.PROTECTED
    if old.auroc is not None and new.auroc is not None and new.auroc < old.auroc - _WORST_AUROC:
        return Verdict.SCOPE
    return Verdict.CALIBRATION if new.ece > old.ece + _WORST_ECE else Verdict.BETTER


def _ask(model: IntentModel, rows: Examples) -> _Found:
    found = []
    for place in range(len(rows)):
        vectors = {name: rows.vectors[name][place : place + 1] for name in rows.vectors}
        found.append(model.predict(rows.texts[place], vectors, rows.languages[place]))
    labels = np.array([one.label for one in found], dtype=str)
    return _Found(labels, np.array([one.probability for one in found]), np.array([one.in_scope_chance for one in found]))


def _take(found: _Found, rows: NDArray[np.bool_]) -> _Found:
    return _Found(found.labels[rows], found.probabilities[rows], found.in_scope[rows])


def _figures(truth: NDArray[np.str_], inside: _Found, outside: _Found) -> Figures:
    is_right = inside.labels == truth
    recalls = {str(label): float(is_right[truth == label].mean()) for label in np.unique(truth)}
    accuracy = float(is_right.mean()) if len(truth) else 0.0
    return Figures(accuracy, _ece(inside.probabilities, is_right), _auroc(inside.in_scope, outside.in_scope), recalls)


def _ece(probabilities: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
    """Expected calibration error over ten bins: how far promised and kept shares lie apart."""
    if not len(probabilities):
        return 0.0
    bins = np.minimum((probabilities * _BINS).astype(int), _BINS - 1)
    gaps = [
        abs(float(probabilities[bins == one].mean()) - float(is_right[bins == one].mean())) * float((bins == one).mean())
        for one in np.unique(bins)
    ]
    return float(sum(gaps))


def _auroc(inside: NDArray[np.float64], outside: NDArray[np.float64]) -> float | None:
    if len(outside) < _FEWEST_OUTSIDE or not len(inside):
        return None
    higher = (inside[:, None] > outside[None, :]).mean()
    return float(higher + (inside[:, None] == outside[None, :]).mean() / 2)


def _bound(difference: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and lower bound of a paired bootstrap."""
    if not len(difference):
        return 0.0, -1.0
    draws = np.random.default_rng(_SEED).integers(0, len(difference), (_ROUNDS, len(difference)))
    return float(difference.mean()), float(np.quantile(difference[draws].mean(axis=1), 0.1))


def _confusion(truth: NDArray[np.str_], found: NDArray[np.str_]) -> list[tuple[str, str, int]]:
    if not len(truth):
        return []
    pairs, counts = np.unique(np.stack([truth, found], axis=1), axis=0, return_counts=True)
    return [(str(one), str(other), int(count)) for (one, other), count in zip(pairs, counts, strict=True)]
