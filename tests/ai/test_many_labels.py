"""Layers of many labels: they are learned, in bounded time, and one hears of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ai.engine.intents import features, linear

LABELS, EACH, SIZE = 300, 8, 384


def rows(seed: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Vectors of length 1 around a centre for each label."""
    centres = np.random.default_rng(1).normal(size=(LABELS, SIZE))
    y = np.arange(LABELS * EACH) % LABELS
    x = centres[y] + np.random.default_rng(seed).normal(size=(len(y), SIZE))
    return (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32), y


def share_right(layer: linear.Linear, x: object, y: NDArray[np.int64]) -> float:
    return float((np.asarray(x @ layer.weights + layer.bias).argmax(axis=1) == y).mean())  # type: ignore[operator]


@pytest.mark.parametrize("most", [linear.MOST_PAIRS, 0])
def test_head_of_many_labels_is_learned(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Where the search ends must know how many there are: at 300 it ended before it began."""
    monkeypatch.setattr(linear, "MOST_PAIRS", most)
    (x, y), (asked, truth) = rows(2), rows(3)
    assert share_right(linear.fit_logistic(x, y, strength=10.0), asked, truth) >= 0.9


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Bounds so small that sixty labels are many."""
    monkeypatch.setattr(linear, "MOST_PAIRS", 6_000)
    monkeypatch.setattr(linear, "_FEWEST_OTHERS", 10)
    monkeypatch.setattr(linear, "_TOLD_EVERY", 25)
    return []


def test_words_of_many_labels_are_learned_from_a_part_of_the_others(told: list[str]) -> None:
    y = np.arange(240) % 60
    texts = [f"word{label} other{label} please{number % 7}" for number, label in enumerate(y)]
    idf = features.inverse_frequencies(features.count(text) for text in texts)
    matrix = linear.as_matrix([features.weigh(features.count(text), idf) for text in texts])
    layers = [linear.fit_svm(matrix, y, tell=told.append) for _again in range(2)]
    assert share_right(layers[0], matrix, y) == 1.0
    assert np.array_equal(layers[0].weights, layers[1].weights)
    assert told == ["words of 25 of 60 labels learned", "words of 50 of 60 labels learned"] * 2
