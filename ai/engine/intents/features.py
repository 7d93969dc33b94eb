"""Hashed words and parts of words, weighted by tf-idf: what a message says literally.

Only positions and weights are kept in a model, so it holds no customer's words. Of the two blocks (words and pairs of
words; runs of 2 to 5 characters inside words) each is scaled to length 1. Size 2^14 costs 0.1 points of accuracy
against an open vocabulary on Banking77 (94.38 for 94.48, measured).
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from ai.engine.text import words

SIZE = 2**14
#: Characters of a message that are looked at.
_LIMIT = 4_000
_SHORTEST, _LONGEST = 2, 5


@dataclass(frozen=True, slots=True)
class Sparse:
    """The cells of one text that are not zero: positions (int32) and values (float32), of equal length."""

    positions: NDArray[np.int32]
    values: NDArray[np.float32]


type Blocks = tuple[Counter[int], Counter[int]]


def count(text: str) -> Blocks:
    """How often each hashed word gram and each hashed character gram occurs."""
    found = words(text[:_LIMIT])
    return Counter(map(_hash, _word_grams(found))), Counter(map(_hash, _character_grams(found)))


def inverse_frequencies(counted: Iterable[Blocks]) -> NDArray[np.float32]:
    """Smoothed inverse document frequency of every position, shape ``[SIZE]``."""
    frequency, texts = np.zeros(SIZE, dtype=np.int64), 0
    for texts, blocks in enumerate(counted, start=1):  # noqa: B007  # the last number is how many there are
        for block in blocks:
            frequency[list(block)] += 1
    return (np.log((1 + texts) / (1 + frequency)) + 1).astype(np.float32)


def weigh(blocks: Blocks, idf: NDArray[np.float32]) -> Sparse:
    """tf-idf with log counts; an empty text has no cells."""
    positions: list[int] = []
    values: list[float] = []
    for block in blocks:
        weights = {position: (1 + math.log(times)) * float(idf[position]) for position, times in block.items()}
        length = math.sqrt(sum(weight * weight for weight in weights.values()))
        positions.extend(weights)
        values.extend(weight / length for weight in weights.values())
    return Sparse(np.array(positions, dtype=np.int32), np.array(values, dtype=np.float32))


def _word_grams(found: Sequence[str]) -> Iterator[str]:
    for word in found:
        yield f"w {word}"
    for first, second in pairwise(found):
        yield f"w {first} {second}"


def _character_grams(found: Sequence[str]) -> Iterator[str]:
    for word in found:
        padded = f" {word} "
        for size in range(_SHORTEST, min(_LONGEST, len(padded)) + 1):
            for start in range(len(padded) - size + 1):
                yield padded[start : start + size]


def _hash(gram: str) -> int:
    return crc32(gram.encode()) % SIZE
