"""What a task hands back: lines for people, figures for machines; and where it says how far it is."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ai.engine.embedders import Embedder
from ai.engine.embedders.base import Vectors

_CHUNK = 512
#: Seconds between two lines about the same step.
_PATIENCE = 5.0


@dataclass(slots=True)
class Report:
    """``figures`` are shares (0 to 1), counts, milliseconds or seconds, as their names say."""

    lines: list[str] = field(default_factory=list)
    figures: dict[str, Any] = field(default_factory=dict)

    def add(self, line: str, **figures: Any) -> None:
        self.lines.append(line)
        self.figures |= figures

    def as_json(self, **others: Any) -> str:
        """One line; figures rounded to five places, what is not a number as null."""
        return json.dumps(_plain({**others, **self.figures}), ensure_ascii=False)


def tell(words: str) -> None:
    """Progress, on stderr."""
    sys.stderr.write(f"ai_evaluate: {words}\n")
    sys.stderr.flush()


def embed(embedder: Embedder, texts: Sequence[str], *, before: int = 0, total: int = 0) -> Vectors:
    """Vectors ``[n, size]``, with a word on stderr every few seconds. ``before`` texts of ``total`` were embedded earlier."""
    started = time.monotonic()
    found = [np.zeros((0, embedder.size), dtype=np.float32)]
    for start in range(0, len(texts), _CHUNK):
        found.append(embedder.embed(texts[start : start + _CHUNK]))
        if time.monotonic() - started > _PATIENCE:
            started = time.monotonic()
            tell(f"{embedder.name}: {before + min(start + _CHUNK, len(texts)):,} of {total or len(texts):,} texts")
    return np.concatenate(found)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, (float, np.floating)):
        return round(float(value), 5) if np.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
