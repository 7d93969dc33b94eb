"""Labels that have an order, such as moods and priorities: what rules say of a message, and what a learned model may change."""

from collections.abc import Sequence
from dataclasses import dataclass

#: From the one that asks for least to the one that asks for most.
MOODS = ("positive", "neutral", "negative")
PRIORITIES = ("0", "1", "2", "3", "4")


@dataclass(frozen=True, slots=True)
class Ruled:
    """What rules say without any learned model, and the least that stands whatever a model says (words of danger, of anger)."""

    label: str
    floor: str


def settled(learned: str | None, ruled: Ruled, order: Sequence[str]) -> str:
    """The label that counts: the model's, where there is one for this language, else the rules'; never below the floor."""
    found = ruled.label if learned is None else learned
    return max(found, ruled.floor, key=order.index)
