"""Training of linear layers with scikit-learn, which nothing but training loads."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents.features import SIZE, Sparse

#: Pairs of a text and a label from which on a layer takes minutes (40,000 texts of 3,000 labels are 120 million).
MOST_PAIRS = 20_000_000
#: How often the logistic regression goes over all texts at most, and beyond that: 9 to 12 times are as good as 24 (400 labels).
_PASSES, _PASSES_OF_MANY = 300, 10
#: Texts of other labels that each label is told apart from, however many labels there are; and after how many one hears of it.
_FEWEST_OTHERS, _TOLD_EVERY = 2_000, 500
_SEED = 20261123

type Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Linear:
    """Scores of texts: ``x @ weights + bias``; weights ``[features, labels]``, bias ``[labels]``, both float32."""

    weights: NDArray[np.float32]
    bias: NDArray[np.float32]


def fit_logistic(x: NDArray[np.float32], y: NDArray[np.int64], *, strength: float, balanced: bool = False) -> Linear:
    """Multinomial logistic regression whose scores' softmax is the probability. ``y`` holds 0 … labels-1, each at least once.

    ``strength`` is scikit-learn's C: the larger, the closer the fit.
    """
    from sklearn.linear_model import LogisticRegression

    # The gradient that ends the search is a mean over the labels: at 3,000 of them a fixed bound would end it before it begins.
    labels = int(y.max()) + 1
    bound = min(1e-3, 0.1 / labels)
    passes = _PASSES if len(y) * labels <= MOST_PAIRS else _PASSES_OF_MANY
    model = LogisticRegression(C=strength, max_iter=passes, tol=bound, class_weight="balanced" if balanced else None)
    with _without_warnings():
        model.fit(x, y)
    if len(model.classes_) == 2:
        # One row for two labels: half of it for each gives the same probabilities by softmax.
        return _linear(np.concatenate([-model.coef_, model.coef_]) / 2, np.concatenate([-model.intercept_, model.intercept_]) / 2)
    return _linear(model.coef_, model.intercept_)


def fit_svm(
    matrix: Any, y: NDArray[np.int64], *, strength: float = 1.0, balanced: bool = False, tell: Progress = lambda _: None
) -> Linear:
    """Linear support vector machine, one label against the others; its scores are margins. ``matrix``: :func:`as_matrix`'s.

    Beyond :data:`MOST_PAIRS` each label is told apart from a part of the others' texts, the same part for all.
    """
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=strength, class_weight="balanced" if balanced else None, random_state=_SEED)
    if len(y) * (int(y.max()) + 1) > MOST_PAIRS:
        return _fit_each(model, matrix, y, tell)
    with _without_warnings():
        model.fit(matrix, y)
    if len(model.classes_) == 2:
        return _linear(np.concatenate([-model.coef_, model.coef_]), np.concatenate([-model.intercept_, model.intercept_]))
    return _linear(model.coef_, model.intercept_)


def _fit_each(model: Any, matrix: Any, y: NDArray[np.int64], tell: Progress) -> Linear:
    labels = int(y.max()) + 1
    others = np.random.default_rng(_SEED).permutation(len(y))[: max(MOST_PAIRS // labels, _FEWEST_OTHERS)]
    found = Linear(np.zeros((matrix.shape[1], labels), dtype=np.float32), np.zeros(labels, dtype=np.float32))
    for label in range(labels):
        rows = np.union1d(others, np.flatnonzero(y == label))
        with _without_warnings():
            model.fit(matrix[rows], y[rows] == label)
        found.weights[:, label], found.bias[label] = model.coef_[0], model.intercept_[0]
        if (label + 1) % _TOLD_EVERY == 0:
            tell(f"words of {label + 1:,} of {labels:,} labels learned")
    return found


def as_matrix(rows: Sequence[Sparse]) -> Any:
    """scipy's sparse matrix ``[rows, SIZE]``, in the numbers that scikit-learn works with: it would make a copy of others."""
    from scipy.sparse import csr_matrix

    ends = np.cumsum([0, *(len(row.positions) for row in rows)])
    positions = np.concatenate([row.positions for row in rows]) if rows else np.zeros(0, dtype=np.int32)
    values = np.concatenate([row.values for row in rows], dtype=np.float64) if rows else np.zeros(0)
    # Words and characters may share a position: scipy adds up what stands twice.
    return csr_matrix((values, positions, ends), shape=(len(rows), SIZE))


@contextmanager
def _without_warnings() -> Iterator[None]:
    """A layer that stops before its optimum is as good on new texts; the hold-out judges it. As many labels as texts are no
    mistake either: the names of labels may be all there is."""
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)
        yield


def _linear(weights: NDArray[np.float64], bias: NDArray[np.float64]) -> Linear:
    return Linear(np.ascontiguousarray(weights.T, dtype=np.float32), bias.astype(np.float32))
