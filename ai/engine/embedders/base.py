"""What an embedder is, whichever model stands behind it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

#: Shape ``[n, size]``, float32, each row of length 1 (an empty text's row may be all zeros).
type Vectors = NDArray[np.float32]


class EmbedderError(Exception):
    """A model cannot be used: its package is missing or its file is not the one that is pinned."""


class Embedder(Protocol):
    """Texts in, unit vectors out. Equal texts have equal vectors whatever stands beside them in a batch."""

    @property
    def name(self) -> str: ...

    @property
    def sha256(self) -> str:
        """Of the model's file: models trained on these vectors name it, and are refused with any other."""
        ...

    @property
    def size(self) -> int: ...

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class EmbedderSet(Protocol):
    """The two that a process reads with; one and the same where only the light one is there."""

    @property
    def english(self) -> Embedder: ...

    @property
    def multilingual(self) -> Embedder: ...


def unit(vectors: NDArray[np.floating]) -> Vectors:
    """Rows scaled to length 1; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths == 0, 1, lengths)).astype(np.float32)


def check_file(path: Path, sha256: str) -> None:
    """Raise :class:`EmbedderError` unless the file is the pinned one."""
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise EmbedderError(f"{path.name} has sha256 {found}, pinned is {sha256}. Install the pinned requirements again.")
