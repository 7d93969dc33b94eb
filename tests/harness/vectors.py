"""Vectors of texts that many tests need, made once a process."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from ai.engine.embedders.base import Embedder, Vectors
from ai.engine.embedders.minilm import MiniLm
from ai.engine.embedders.multilingual import Multilingual

_made: dict[tuple[str, ...], Vectors] = {}


@contextmanager
def remembered_vectors() -> Iterator[None]:
    """Within, the models do not read again what they have read once: the same texts together give the same vectors."""
    with (
        patch.object(MiniLm, "embed", _remembering(MiniLm.embed)),
        patch.object(Multilingual, "embed", _remembering(Multilingual.embed)),
    ):
        yield


def _remembering(embed: Callable[[Any, Sequence[str]], Vectors]) -> Callable[[Any, Sequence[str]], Vectors]:
    def remembered(self: Embedder, texts: Sequence[str]) -> Vectors:
        asked = (self.name, *texts)
        if asked not in _made:
            _made[asked] = embed(self, texts)
        return _made[asked].copy()

    return remembered
