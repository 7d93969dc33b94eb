"""Is what was found enough to answer from: a gate learned on how the search went.

Fitted on CLAPNQ, whole and cut into small help centres, and on short questions to three small help centres (ADR 43). Judged by
centres that it was not fitted on, the bounds of `ai.services.thinking` let 65 of 100 answerable questions through; of 91
answers 7 came from the wrong passage, 4 of them from the wrong article.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

#: The coverage of a question without a word that it is about.
NO_WORDS = 0.5
#: The features say nearly the same, so their weights are held back evenly: without, one set's chance is learned by heart.
_LOOSENESS = 25.0

#: Searches that found an answer, and searches that could not.
type Sample = tuple[Sequence[Evidence], Sequence[Evidence]]


@dataclass(frozen=True, slots=True)
class Evidence:
    """How a search went. ``similarity`` and ``best_sentence`` are cosines of the question with the nearest passage of the best
    article and with the best sentence of the one that is quoted, ``nearest`` the greatest of these and of those with title and
    heading; ``margin`` is the lead in similarity over other articles of the same language; ``coverage`` is the share (0 to 1) of
    the words that the question is about which the passage holds, :data:`NO_WORDS` where it is about none. None of them depends
    on how much there is to search."""

    similarity: float
    best_sentence: float
    nearest: float
    margin: float
    coverage: float

    def as_features(self) -> NDArray[np.float32]:
        return np.array([self.similarity, self.best_sentence, self.nearest, self.margin, self.coverage], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class EvidenceGate:
    """Logistic regression over :class:`Evidence`; ``weights`` in its order. ``threshold`` is the chance from which to answer."""

    weights: tuple[float, float, float, float, float]
    bias: float
    threshold: float = 0.5

    def chance(self, evidence: Evidence) -> float:
        """Chance (0 to 1) that the passage answers the question."""
        logit = float(evidence.as_features() @ np.array(self.weights, dtype=np.float32)) + self.bias
        return 1 / (1 + float(np.exp(-np.clip(logit, -30, 30))))

    def allows(self, evidence: Evidence) -> bool:
        return self.chance(evidence) >= self.threshold

    @classmethod
    def default(cls) -> Self:
        """For a workspace that has taught nothing yet; fitted as `tests/ai/test_evidence.py` does it again."""
        return cls((1.75, 2.82, 1.1, 2.33, 1.94), -4.13, 0.4)

    @classmethod
    def multilingual(cls) -> Self:
        """The same where question or passage is not English: the multilingual embedder's cosines are lower."""
        return cls((3.12, -0.28, 1.35, 4.35, 2.75), -3.19, 0.45)

    @classmethod
    def fit(cls, *sets: Sample) -> Self:
        """Learn from questions with an answer and without. Each set counts the same, and so do the two sides of each, however
        many they are; every side needs some."""
        from sklearn.linear_model import LogisticRegression

        rows = np.stack([one.as_features() for answered, missed in sets for one in (*answered, *missed)])
        truth = [side for answered, missed in sets for side in (1,) * len(answered) + (0,) * len(missed)]
        counts = [1 / (2 * len(sets) * len(side)) for answered, missed in sets for side in (answered, missed) for _one in side]
        means, scales = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-6)
        model = LogisticRegression(C=_LOOSENESS).fit((rows - means) / scales, truth, sample_weight=counts)
        weights = model.coef_[0] / scales
        first, second, third, fourth, fifth = map(float, weights)
        return cls((first, second, third, fourth, fifth), float(model.intercept_[0] - weights @ means))
