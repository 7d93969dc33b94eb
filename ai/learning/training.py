"""A candidate out of lessons, judged against the model in use."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import Artefact, Examples, IntentModel, store, train
from ai.learning.cleaning import kept
from ai.learning.judging import Judgement, judge
from ai.learning.lessons import OUTSIDE, Lesson, chosen, examples_of, has_english, split


@dataclass(frozen=True, slots=True)
class Trained:
    """A candidate and what is known of it. `examples` are those it was trained on, after cleaning."""

    model: IntentModel
    artefact: Artefact
    judgement: Judgement
    dataset: str
    examples: int


def learn(
    lessons: Sequence[Lesson],
    embedders: EmbedderSet,
    *,
    labels: Sequence[str],
    champion: IntentModel | None,
    protected: Sequence[str] = (),
    notes: Mapping[str, Any] | None = None,
) -> Trained:
    """Train on the lessons whose labels exist and judge on those held out. Without a champion, the labels' names are one.

    Raises `TrainingError` for fewer than two labels.
    """
    known = {*labels, OUTSIDE}
    taught = [one for one in chosen(lessons) if one.label in known]
    english = has_english(taught) if taught else True
    seen, held = (examples_of(part, embedders, has_english=english) for part in split(taught))
    seen = seen.take(kept(seen, embedders))
    inside, outside = _sides(seen)
    model = train(inside, embedders, labels=labels, outside=outside)
    if champion is None:
        champion = train(_none(inside), embedders, labels=labels)
    judgement = judge(champion, model, *_sides(held), protected=protected)
    dataset = dataset_hash(taught)
    told = {"dataset": dataset, "judgement": judgement.as_json(), **(notes or {})}
    return Trained(model, store(model, notes=told), judgement, dataset, len(seen))


def dataset_hash(lessons: Sequence[Lesson]) -> str:
    """What was taught, whatever its order."""
    rows = sorted(json.dumps([one.text, one.label], ensure_ascii=False) for one in lessons)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _sides(examples: Examples) -> tuple[Examples, Examples]:
    is_outside = np.array([label == OUTSIDE for label in examples.labels], dtype=bool)
    return examples.take(np.flatnonzero(~is_outside)), examples.take(np.flatnonzero(is_outside))


def _none(examples: Examples) -> Examples:
    return examples.take([])
