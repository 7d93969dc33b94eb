"""Does a message belong to any of the known intents: a gate learned on messages that the classifier has not seen.

The highest probability alone is a poor judge: 92.7 AUROC on CLINC150 by it, 98.2 by this gate (measured).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Order of the columns of a gate's input, see :func:`ai.engine.intents.model.IntentModel.evidence`.
FEATURES = ("log_probability", "log_gap", "nearness", "margin", "margin_gap")
#: Held-out messages on either side below which a gate is not worth fitting.
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """Logistic regression over :data:`FEATURES`; a message is in scope when its score reaches ``threshold``.

    ``means``, ``scales`` and ``weights`` have shape ``[5]``.
    """

    means: NDArray[np.float32]
    scales: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: float
    threshold: float

    def score(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """Chance (0 to 1) of being in scope for each row of ``evidence`` ``[n, 5]``."""
        logits = ((evidence - self.means) / self.scales) @ self.weights + self.bias
        chances: NDArray[np.float32] = (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)
        return chances


def untrained() -> Gate:
    """For models with too few examples to learn from: the highest probability, and how near the known messages are.

    With five examples an intent it tells unknown intents from known ones better than the probability alone: AUROC 0.82 for
    0.80 (measured on parts of Banking77's training questions).
    """
    weights = np.array([1, 0, 6, 0, 0], dtype=np.float32)
    # A probability of one half at a nearness of 0.6 is as good as a coin.
    means = np.array([np.log(0.5), 0, 0.6, 0, 0], dtype=np.float32)
    return Gate(means, np.ones(5, dtype=np.float32), weights, 0.0, 0.5)


def fit(inside: NDArray[np.float32], outside: NDArray[np.float32]) -> Gate:
    """A gate that tells the rows ``inside`` from ``outside``; its threshold is set afterwards. Features that do not
    vary are left out."""
    from sklearn.linear_model import LogisticRegression

    rows = np.concatenate([inside, outside])
    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales = np.where(scales < 1e-6, 1, scales)
    truth = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    model = LogisticRegression(C=1.0, class_weight="balanced").fit((rows - means) / scales, truth)
    weights = model.coef_[0].astype(np.float32)
    return Gate(means.astype(np.float32), scales.astype(np.float32), weights, float(model.intercept_[0]), 0.5)


def best_threshold(inside: NDArray[np.float32], is_right: NDArray[np.bool_], outside: NDArray[np.float32]) -> float:
    """The paper's rule (Larson et al. 2019): the bound with the most rows answered rightly or kept out, by their scores.

    ``is_right`` tells which of ``inside`` the classifier got right.
    """
    bounds = np.unique(np.concatenate([inside, outside, [0.0]]))
    right = np.sort(inside[is_right])
    out = np.sort(outside)
    gained = len(right) - np.searchsorted(right, bounds, side="left") + np.searchsorted(out, bounds, side="left")
    return float(bounds[int(gained.argmax())])


def threshold_for_share(inside: NDArray[np.float32], share: float) -> float:
    """The bound that hands over ``share`` (0 to 1) of what is in scope."""
    return float(np.quantile(inside, share))
