"""A figure, its goal, and the line that says both."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. `bar` is what passes; `at_most` says in which direction. `beside`: absolute figures, in words."""

    name: str
    value: float
    bar: float
    unit: str = ""
    at_most: bool = True
    ambition: float | None = None
    beside: str = ""
    #: Whether it says the same on a busy machine: buffers, queries, bytes, lost events.
    is_steady: bool = False
    is_judged: bool = True

    @property
    def is_ok(self) -> bool:
        return self.value <= self.bar if self.at_most else self.value >= self.bar

    def line(self) -> str:
        """`name: figure (goal …) ok|short`, with the absolute figures behind it."""
        sign = "≤" if self.at_most else "≥"
        goal = f"{sign} {_short(self.bar)}" + (f" → {_short(self.ambition)}" if self.ambition is not None else "")
        beside = f"   [{self.beside}]" if self.beside else ""
        return f"{self.name}: {_short(self.value)}{self.unit} (goal {goal}{self.unit}) {self.verdict}{beside}"

    @property
    def verdict(self) -> str:
        if not self.is_judged:
            return "not judged"
        return "ok" if self.is_ok else "short"

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "verdict": self.verdict}, ensure_ascii=False)


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]


def middle(values: Sequence[float]) -> float:
    """The median of the rounds."""
    return median(values)


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
