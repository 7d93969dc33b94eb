"""Is a candidate better than what is in use? Both are asked the same held-out messages; the difference decides.

Promoted when the mean of the difference is above nothing and its lower bound (one-sided, 90 %) is not below a point. Measured
on a simulation with poisoned batches, that lets no harm through; asking for a bound above nothing misses half of the gains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

FEWEST_HELD_OUT = 50
#: Messages outside all intents that tell something about the gate.
_FEWEST_OUTSIDE = 10
_LOWEST_BOUND, _WORST_AUROC, _WORST_ECE = -0.01, 0.01, 0.02
#: Wrong answers among those that would go out by themselves, where none went out before.
_MOST_WRONG = 0.05
_ROUNDS, _SEED, _BINS = 2_000, 20261123, 10
#: What people make of suggestions, as labels.
USED, REFUSED = "used", "refused"


class Verdict(StrEnum):
    """Why a candidate is, or is not, put to use."""

    BETTER = "better"
    FEW = "few"  # fewer held-out messages than tell anything
    NOT_BETTER = "not_better"
    UNSURE = "unsure"  # the lower bound is too low
    PROTECTED = "protected"  # a protected label is recognised less often
    SCOPE = "scope"  # what belongs to no intent is told less well
    CALIBRATION = "calibration"  # its probabilities promise more than they hold
    PRECISION = "precision"  # more of what would go out by itself would be wrong


@dataclass(frozen=True, slots=True)
class Said:
    """What a model, or the rules, say of the held-out messages, in their order. `chances`: of the labels that they found.

    `values`: what each is worth; without them, a right label is worth 1. `sent`: the answers that would go out by themselves.
    """

    labels: NDArray[np.str_]
    chances: NDArray[np.float64] | None = None
    values: NDArray[np.float64] | None = None
    sent: NDArray[np.bool_] | None = None

    def take(self, rows: NDArray[np.bool_]) -> "Said":
        parts = (self.chances, self.values, self.sent)
        return Said(self.labels[rows], *(None if one is None else one[rows] for one in parts))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Scope:
    """How sure a model is that messages belong, of those that do and of those outside all labels."""

    inside: NDArray[np.float64]
    outside: NDArray[np.float64]

    def take(self, rows: NDArray[np.bool_]) -> "Scope":
        return Scope(self.inside[rows], self.outside)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was in use, or a model, on the held-out messages; shares from 0 to 1.

    `ece` None: rules know no probabilities. `auroc` None: too few messages outside. `sent`, `sent_wrong`: of replies, how many
    answers would go out by themselves, and how many of those people did not want; None where nothing is sent at all.
    """

    accuracy: float
    ece: float | None
    auroc: float | None
    recalls: Mapping[str, float]
    sent: int | None = None
    sent_wrong: int | None = None


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


def judge(
    truth: Sequence[str],
    before: Said,
    after: Said,
    *,
    protected: Sequence[str] = (),
    scopes: tuple[Scope, Scope] | None = None,
    are_both_learned: bool = False,
) -> Judgement:
    """Compare what was in use with a candidate. Where two learned models agree against a label, it is left out as wrong."""
    told = np.array(truth, dtype=str)
    if are_both_learned:
        is_sound = ~((before.labels == after.labels) & (before.labels != told))
        told, before, after = told[is_sound], before.take(is_sound), after.take(is_sound)
        scopes = scopes and (scopes[0].take(is_sound), scopes[1].take(is_sound))
    old = _figures(told, before, scopes and scopes[0])
    new = _figures(told, after, scopes and scopes[1])
    gain, bound = _bound(_values(told, after) - _values(told, before))
    return Judgement(
        verdict=_verdict(len(told), gain, bound, old, new, protected),
        held_out=len(told),
        outside=len(scopes[0].outside) if scopes else 0,
        gain=gain,
        lower_bound=bound,
        champion=old,
        candidate=new,
        confusion=_confusion(told, after.labels),
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
    if _sends_worse(old, new):
        return Verdict.PRECISION
    if old.ece is not None and new.ece is not None and new.ece > old.ece + _WORST_ECE:
        return Verdict.CALIBRATION
    return Verdict.BETTER


def _sends_worse(old: Figures, new: Figures) -> bool:
    """Whether a greater share of what would go out by itself would be wrong."""
    if not new.sent or new.sent_wrong is None:
        return False
    allowed = old.sent_wrong / old.sent if old.sent and old.sent_wrong is not None else _MOST_WRONG
    return new.sent_wrong / new.sent > allowed


def _values(truth: NDArray[np.str_], said: Said) -> NDArray[np.float64]:
    return (said.labels == truth).astype(np.float64) if said.values is None else said.values


def _figures(truth: NDArray[np.str_], said: Said, scope: Scope | None) -> Figures:
    is_right = said.labels == truth
    recalls = {str(label): float(is_right[truth == label].mean()) for label in np.unique(truth)}
    sent = None if said.sent is None else int(said.sent.sum())
    return Figures(
        accuracy=float(is_right.mean()) if len(truth) else 0.0,
        ece=None if said.chances is None else calibration_error(said.chances, is_right),
        auroc=None if scope is None else _auroc(scope.inside, scope.outside),
        recalls=recalls,
        sent=sent,
        sent_wrong=None if said.sent is None else int((said.sent & (truth != USED)).sum()),
    )


def calibration_error(probabilities: NDArray[np.float64], is_right: NDArray[np.bool_]) -> float:
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
