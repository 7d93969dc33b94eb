"""Figures from what was found and what is true. Shares run from 0 to 1. Nothing here depends on a model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

type Numbers = NDArray[np.floating] | Sequence[float]

_ROUNDS = 1_000
_SEED = 20261123


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean and the bounds that hold it in 95 of 100 repetitions."""

    mean: float
    low: float
    high: float

    def as_percent(self) -> str:
        return f"{100 * self.mean:.2f} % ({100 * self.low:.1f} to {100 * self.high:.1f})"


def accuracy(truth: Sequence[str], found: Sequence[str]) -> float:
    return float(np.mean([one == other for one, other in zip(truth, found, strict=True)]))


def recalls(truth: Sequence[str], found: Sequence[str]) -> dict[str, float]:
    """Share of each true label's texts that were found to have it."""
    rights: dict[str, list[bool]] = {}
    for one, other in zip(truth, found, strict=True):
        rights.setdefault(one, []).append(one == other)
    return {label: float(np.mean(right)) for label, right in sorted(rights.items())}


def macro_recall(truth: Sequence[str], found: Sequence[str]) -> float:
    """Mean of the labels' recalls, each label counting the same."""
    return float(np.mean(list(recalls(truth, found).values())))


def macro_f1(truth: Sequence[str], found: Sequence[str]) -> float:
    """Mean of the F1 of the labels that occur in ``truth`` or in ``found``."""
    labels = sorted({*truth, *found})
    scores = [f1(*precision_recall([one == label for one in truth], [one == label for one in found])) for label in labels]
    return float(np.mean(scores))


def precision_recall(truth: Sequence[bool], found: Sequence[bool]) -> tuple[float, float]:
    """Of what was found, the share that is true; of what is true, the share found. 0 where there is nothing to divide by."""
    hits = sum(one and other for one, other in zip(truth, found, strict=True))
    return hits / max(1, sum(found)), hits / max(1, sum(truth))


def f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def auroc(positive: Numbers, negative: Numbers) -> float:
    """Chance that a positive one scores higher than a negative one, equals counting half. NaN when either side is empty."""
    first, second = np.asarray(positive, dtype=np.float64), np.asarray(negative, dtype=np.float64)
    if not len(first) or not len(second):
        return float("nan")
    ordered = np.sort(second)
    below = np.searchsorted(ordered, first, side="left")
    until = np.searchsorted(ordered, first, side="right")
    return float((below + until).mean() / 2 / len(second))


def hit_at(ranks: Sequence[int], depth: int) -> float:
    """Share of questions whose passage is among the first ``depth``; ranks count from 0."""
    return float(np.mean([rank < depth for rank in ranks]))


def ndcg_at(ranks: Sequence[int], depth: int) -> float:
    """Normalised discounted cumulative gain with one right passage a question."""
    return float(np.mean([1 / np.log2(rank + 2) if rank < depth else 0.0 for rank in ranks]))


def risk_coverage(confidence: Numbers, is_right: Sequence[bool]) -> tuple[float, float]:
    """The area under the risk-coverage curve (lower is better), and the largest share that can be answered with at most
    5 % wrong when the least sure are left out."""
    order = np.argsort(-np.asarray(confidence, dtype=np.float64), kind="stable")
    wrong = 1 - np.asarray(is_right, dtype=np.float64)[order]
    risks = np.cumsum(wrong) / np.arange(1, len(wrong) + 1)
    fine = np.flatnonzero(risks <= 0.05)
    return float(risks.mean()), float((fine[-1] + 1) / len(wrong)) if len(fine) else 0.0


def bootstrap(values: Numbers) -> Interval:
    """Mean of the values with its 95 % interval over 1,000 resamples."""
    given = np.asarray(values, dtype=np.float64)
    random = np.random.default_rng(_SEED)
    means = [given[random.integers(0, len(given), len(given))].mean() for _round in range(_ROUNDS)]
    low, high = np.quantile(means, [0.025, 0.975])
    return Interval(float(given.mean()), float(low), float(high))
