"""Training of linear layers with scikit-learn, which nothing but training loads."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents.features import SIZE, Sparse

_SEED = 20261123


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

    model = LogisticRegression(C=strength, max_iter=300, tol=1e-3, class_weight="balanced" if balanced else None)
    with _without_warnings():
        model.fit(x, y)
    if len(model.classes_) == 2:
        # One row for two labels: half of it for each gives the same probabilities by softmax.
        return _linear(np.concatenate([-model.coef_, model.coef_]) / 2, np.concatenate([-model.intercept_, model.intercept_]) / 2)
    return _linear(model.coef_, model.intercept_)


def fit_svm(matrix: Any, y: NDArray[np.int64], *, strength: float = 1.0, balanced: bool = False) -> Linear:
    """Linear support vector machine, one label against the others; its scores are margins. ``matrix``: :func:`as_matrix`'s."""
    from sklearn.svm import LinearSVC

    model = LinearSVC(C=strength, class_weight="balanced" if balanced else None, random_state=_SEED)
    with _without_warnings():
        model.fit(matrix, y)
    if len(model.classes_) == 2:
        return _linear(np.concatenate([-model.coef_, model.coef_]), np.concatenate([-model.intercept_, model.intercept_]))
    return _linear(model.coef_, model.intercept_)


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
