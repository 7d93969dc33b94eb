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
from ai.engine.mood_model import vectors_for

#: The label of messages that belong to no intent.
OUTSIDE = ""
#: Most lessons of one agent and day: nobody teaches a model alone.
MOST_A_DAY = 50


@dataclass(frozen=True, slots=True)
class Lesson:
    """A message without personal data, and the label that a person gave it or let stand. `agent` and `day` are opaque words.

    `rule` and `floor`: what rules say of it without a learned model, and the least that stands whatever a model says (of moods
    and priorities). `facts`: how a suggested answer came about (of replies), see `ai.engine.trust`.
    """

    text: str
    label: str
    language: str
    agent: str
    day: str
    vectors: dict[str, list[float]] = field(default_factory=dict)
    rule: str = ""
    floor: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


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
    kept = [_kept(one, names) for one in lessons]
    missing = [place for place, found in enumerate(kept) if not set(names) <= set(found)]
    made = embed(embedders, [texts[place] for place in missing], has_english=has_english) if missing else {}
    places = {place: number for number, place in enumerate(missing)}
    known: dict[str, NDArray[np.float32]] = {}
    for name in names:
        rows = [made[name][places[place]] if place in places else kept[place][name] for place in range(len(lessons))]
        known[name] = np.stack(rows).astype(np.float32) if rows else np.zeros((0, 1), dtype=np.float32)
    labels, languages = tuple(one.label for one in lessons), tuple(one.language for one in lessons)
    return Examples(tuple(texts), labels, languages, known)


def has_english(lessons: Sequence[Lesson]) -> bool:
    """Whether the English embedder is worth its time for them."""
    return is_english_worth_it([one.language for one in lessons])


def _kept(lesson: Lesson, names: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    """A lesson's own vectors in these embedders' spaces."""
    plain = {name: np.array([found], dtype=np.float32) for name, found in lesson.vectors.items()}
    return {name: found[0] for name, found in vectors_for(names, lesson.text, plain).items()}
