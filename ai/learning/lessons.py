"""Corrections as training reads them: capped, without doubles, split so that near-doubles stay on one side."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import Examples
from ai.engine.intents.examples import embed, is_english_worth_it, is_held_out

#: The label of messages that belong to no intent.
OUTSIDE = ""
#: Most lessons of one agent and day: nobody teaches a model alone.
MOST_A_DAY = 50


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message without personal data, and the label that a person gave it or let stand. `agent` and `day` are opaque words."""

    text: str
    label: str
    language: str
    agent: str
    day: str
    vectors: dict[str, list[float]] = field(default_factory=dict)


def from_json(rows: Sequence[dict[str, Any]]) -> list[Lesson]:
    return [Lesson(**row) for row in rows]


def chosen(lessons: Sequence[Lesson]) -> list[Lesson]:
    """At most MOST_A_DAY of an agent's day; of a text that was taught twice, the last word counts."""
    counted: Counter[tuple[str, str]] = Counter()
    kept: dict[str, Lesson] = {}
    for one in lessons:
        counted[one.agent, one.day] += 1
        if counted[one.agent, one.day] <= MOST_A_DAY and one.text.strip():
            kept.pop(one.text, None)
            kept[one.text] = one
    return list(kept.values())


def split(lessons: Sequence[Lesson]) -> tuple[list[Lesson], list[Lesson]]:
    """Those to train on, and the fifth that is held out: by the words whatever their order, the same ones always."""
    seen = [one for one in lessons if not is_held_out(one.text)]
    return seen, [one for one in lessons if is_held_out(one.text)]


def examples_of(lessons: Sequence[Lesson], embedders: EmbedderSet, *, has_english: bool) -> Examples:
    """With vectors as they were made when the messages were read; those that are missing are made now."""
    texts = [one.text for one in lessons]
    names = [embedders.multilingual.name, *([embedders.english.name] if has_english else [])]
    known: dict[str, NDArray[np.float32]] = {}
    missing = [one for one in lessons if not set(names) <= set(one.vectors)]
    made = embed(embedders, [one.text for one in missing], has_english=has_english) if missing else {}
    places = {id(one): place for place, one in enumerate(missing)}
    for name in names:
        rows = [made[name][places[id(one)]] if id(one) in places else np.array(one.vectors[name]) for one in lessons]
        known[name] = np.stack(rows).astype(np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
    labels, languages = tuple(one.label for one in lessons), tuple(one.language for one in lessons)
    return Examples(tuple(texts), labels, languages, known)


def has_english(lessons: Sequence[Lesson]) -> bool:
    """Whether the English embedder is worth its time for them."""
    return is_english_worth_it([one.language for one in lessons])
