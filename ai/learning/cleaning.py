"""Labels that their neighbours contradict: slips of a hand, and worse."""

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import Examples

_NEIGHBOURS, _AGREE = 8, 4


def kept(examples: Examples, embedders: EmbedderSet) -> NDArray[np.intp]:
    """The rows to train on: without those of whose nearest neighbours none has their label while four agree on another."""
    if len(examples) <= _NEIGHBOURS:
        return np.arange(len(examples))
    name = embedders.english.name if embedders.english.name in examples.vectors else embedders.multilingual.name
    vectors = examples.vectors[name]
    labels = np.array(examples.labels)
    rows = []
    for start in range(0, len(vectors), 512):
        near = vectors[start : start + 512] @ vectors.T
        near[np.arange(len(near)), np.arange(start, start + len(near))] = -np.inf
        nearest = np.argpartition(-near, _NEIGHBOURS, axis=1)[:, :_NEIGHBOURS]
        rows += [start + place for place, found in enumerate(nearest) if not _is_doubtful(labels[start + place], labels[found])]
    return np.array(rows, dtype=np.intp)


def _is_doubtful(label: str, neighbours: NDArray[np.str_]) -> bool:
    if label in neighbours:
        return False
    _labels, counts = np.unique(neighbours, return_counts=True)
    return bool(counts.max() >= _AGREE)
