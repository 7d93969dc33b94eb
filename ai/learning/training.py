"""A candidate out of lessons, judged against what is in use: labels of messages, whatever they are labels of."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders.base import EmbedderSet
from ai.engine.intents import Artefact, Examples, IntentModel, Prediction, TrainingError, store, train
from ai.engine.settled import Ruled, settled
from ai.learning.cleaning import kept
from ai.learning.judging import Judgement, Said, Scope, judge
from ai.learning.lessons import OUTSIDE, Lesson, chosen, examples_of, has_english, split

#: A label of an order that fewer lessons than this have been given is not learned yet.
_FEWEST_OF_A_LABEL = 3


@dataclass(frozen=True, slots=True)
class Trained:
    """A candidate and what is known of it. `examples` are those it was trained on, after cleaning."""

    model: IntentModel
    artefact: Artefact
    judgement: Judgement
    dataset: str
    examples: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What models are judged by: lessons beside their examples, and the order of the labels where they have one."""

    lessons: Sequence[Lesson]
    rows: Examples
    order: Sequence[str]

    def part(self, *, is_outside: bool) -> "Asked":
        places = [place for place, one in enumerate(self.lessons) if (one.label == OUTSIDE) == is_outside]
        return Asked([self.lessons[place] for place in places], self.rows.take(places), self.order)


def learn(
    lessons: Sequence[Lesson],
    embedders: EmbedderSet,
    *,
    labels: Sequence[str],
    champion: IntentModel | None,
    protected: Sequence[str] = (),
    notes: Mapping[str, Any] | None = None,
) -> Trained:
    """Intents: train on the lessons whose labels exist and judge on those held out.

    Without a champion, a model of the labels' names is one. Raises `TrainingError` for fewer than two labels.
    """
    taught = [one for one in chosen(lessons) if one.label in {*labels, OUTSIDE}]
    seen, asked = _prepared(taught, embedders, order=())
    inside, outside = _sides(seen)
    model = train(inside, embedders, labels=labels, outside=outside)
    if champion is None:
        champion = train(_none(inside), embedders, labels=labels)
    return _judged(taught, seen, asked, champion, model, protected, notes)


def learn_order(
    lessons: Sequence[Lesson],
    embedders: EmbedderSet,
    *,
    order: Sequence[str],
    champion: IntentModel | None,
    protected: Sequence[str] = (),
    notes: Mapping[str, Any] | None = None,
) -> Trained:
    """Moods and priorities: the same, but the labels are few, have an order, and are known to rules before anything is learned.

    Labels count the same however rare they are. Raises `TrainingError` where fewer than two of them were taught.
    """
    taught = [one for one in chosen(lessons) if one.label in order]
    seen, asked = _prepared(taught, embedders, order=order)
    counts = {label: seen.labels.count(label) for label in order}
    seen = seen.take([place for place, label in enumerate(seen.labels) if counts[label] >= _FEWEST_OF_A_LABEL])
    model = train(seen, embedders, is_balanced=True)
    return _judged(taught, seen, asked, champion, model, protected, notes)


def dataset_hash(lessons: Sequence[Lesson]) -> str:
    """What was taught, whatever its order."""
    rows = sorted(json.dumps([one.text, one.label], ensure_ascii=False) for one in lessons)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _prepared(taught: Sequence[Lesson], embedders: EmbedderSet, *, order: Sequence[str]) -> tuple[Examples, Asked]:
    """What to train on, cleaned, and what to judge by."""
    english = has_english(taught) if taught else True
    first, held = split(taught)
    seen = examples_of(first, embedders, has_english=english)
    if not len(seen):
        raise TrainingError("There is no lesson to train on.")
    asked = Asked(held, examples_of(held, embedders, has_english=english), order)
    return seen.take(kept(seen, embedders)), asked


def _judged(
    taught: Sequence[Lesson],
    seen: Examples,
    asked: Asked,
    champion: IntentModel | None,
    model: IntentModel,
    protected: Sequence[str],
    notes: Mapping[str, Any] | None,
) -> Trained:
    inside, outside = asked.part(is_outside=False), asked.part(is_outside=True)
    judgement = judge(
        inside.rows.labels,
        says(champion, inside),
        says(model, inside),
        protected=protected,
        scopes=None if asked.order or champion is None else (_scope(champion, inside, outside), _scope(model, inside, outside)),
        are_both_learned=champion is not None,
    )
    dataset = dataset_hash(taught)
    told = {"dataset": dataset, "judgement": judgement.as_json(), **(notes or {})}
    return Trained(model, store(model, notes=told), judgement, dataset, len(seen))


def says(model: IntentModel | None, asked: Asked) -> Said:
    """What a model makes of the messages, under the rules where the labels have an order; without one, the rules alone."""
    if model is None:
        return Said(np.array([settled(None, _ruled(one), asked.order) for one in asked.lessons], dtype=str))
    found = _predictions(model, asked.rows)
    labels = [one.label for one in found]
    if asked.order:
        pairs = zip(asked.lessons, found, strict=True)
        labels = [settled(_word(model, one, lesson), _ruled(lesson), asked.order) for lesson, one in pairs]
    return Said(np.array(labels, dtype=str), np.array([one.probability for one in found]))


def _word(model: IntentModel, found: Prediction, lesson: Lesson) -> str | None:
    """A model's word where it was taught in the language; None elsewhere."""
    return found.label if model.is_taught_in(lesson.language) else None


def _predictions(model: IntentModel, rows: Examples) -> list[Prediction]:
    found = []
    for place in range(len(rows)):
        vectors = {name: rows.vectors[name][place : place + 1] for name in rows.vectors}
        found.append(model.predict(rows.texts[place], vectors, rows.languages[place]))
    return found


def _scope(model: IntentModel, inside: Asked, outside: Asked) -> Scope:
    return Scope(_chances(model, inside.rows), _chances(model, outside.rows))


def _chances(model: IntentModel, rows: Examples) -> NDArray[np.float64]:
    return np.array([one.in_scope_chance for one in _predictions(model, rows)], dtype=np.float64)


def _ruled(lesson: Lesson) -> Ruled:
    return Ruled(lesson.rule, lesson.floor)


def _sides(examples: Examples) -> tuple[Examples, Examples]:
    is_outside = np.array([label == OUTSIDE for label in examples.labels], dtype=bool)
    return examples.take(np.flatnonzero(~is_outside)), examples.take(np.flatnonzero(is_outside))


def _none(examples: Examples) -> Examples:
    return examples.take([])
