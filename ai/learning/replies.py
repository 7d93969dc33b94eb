"""When to suggest and when to answer: a gate out of what people made of suggestions and answers, judged like every model.

Only what was shown has an outcome, so the gate can hide, and can send what it would only have shown; it never shows what the
rules would not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai.engine.intents import Artefact, TrainingError
from ai.engine.trust import Trust, TrustGate, default_trust, fit, store
from ai.learning.judging import REFUSED, USED, Judgement, Said, judge
from ai.learning.lessons import Lesson, chosen, split
from ai.learning.training import dataset_hash

#: What a used answer is worth unseen, shown, sent; what one that people do not want costs. A suggestion that is not used costs a
#: glance, a third of the writing that a used one saves; a wrong answer that went out costs ten of them, so that sending pays from
#: a chance of 95 % on.
_WORTH: dict[str, tuple[float, float, float]] = {USED: (0.0, 1.0, 1.5), REFUSED: (0.0, -1 / 3, -10.0)}
#: Answers that would go out by themselves: at most this share unwanted, told by no fewer than so many.
_MOST_WRONG, _FEWEST_SENT, _FOLDS = 0.05, 20, 5
_FEWEST = 6


@dataclass(frozen=True, slots=True)
class TrainedGate:
    """A gate and what is known of it."""

    model: TrustGate
    artefact: Artefact
    judgement: Judgement
    dataset: str
    examples: int


def learn_replies(
    lessons: Sequence[Lesson], *, champion: TrustGate | None, notes: Mapping[str, Any] | None = None
) -> TrainedGate:
    """Fit on the lessons that have facts and judge on those held out; without a champion, against the rules.

    Raises `TrainingError` where there are too few, or all say the same.
    """
    taught = [one for one in chosen(lessons) if one.facts and one.label in _WORTH]
    seen, held = split(taught)
    if len(seen) < _FEWEST or len({one.label for one in seen}) < 2:
        raise TrainingError("Suggestions that were used and others that were not are needed, six in all.")
    gate = replace(_fitted(seen), alone=_alone(seen))
    truth = [one.label for one in held]
    judgement = judge(truth, gate_says(champion, held), gate_says(gate, held))
    dataset = dataset_hash(taught)
    told = {"dataset": dataset, "judgement": judgement.as_json(), **(notes or {})}
    return TrainedGate(gate, store(gate, notes=told), judgement, dataset, len(seen))


def gate_says(gate: TrustGate | None, lessons: Sequence[Lesson]) -> Said:
    """What a gate, or the rules alone, would have done with each answer, and what that would have been worth."""
    found = [default_trust(one.facts) if gate is None else gate.judge(one.facts) for one in lessons]
    labels = [USED if one.is_shown else REFUSED for one in found]
    return Said(
        labels=np.array(labels, dtype=str),
        chances=np.array([one.chance if one.is_shown else 1 - one.chance for one in found], dtype=np.float64),
        values=np.array([_worth(one.label, trust) for one, trust in zip(lessons, found, strict=True)], dtype=np.float64),
        sent=np.array([one.is_sent for one in found], dtype=bool),
    )


def _worth(label: str, trust: Trust) -> float:
    unseen, shown, sent = _WORTH[label]
    if trust.is_sent:
        return sent
    return shown if trust.is_shown else unseen


def _fitted(lessons: Sequence[Lesson]) -> TrustGate:
    return fit([one.facts for one in lessons], [one.label == USED for one in lessons])


def _alone(lessons: Sequence[Lesson]) -> float | None:
    """The least chance from which at most one answer in twenty was unwanted, by gates that had not seen it; None: not known."""
    chances, is_used = _out_of_fold(lessons)
    order = np.argsort(-chances, kind="stable")
    wrong = np.cumsum(~is_used[order])
    counts = np.arange(1, len(order) + 1)
    fine = np.flatnonzero((wrong <= _MOST_WRONG * counts) & (counts >= _FEWEST_SENT))
    return float(chances[order][fine[-1]]) if len(fine) else None


def _out_of_fold(lessons: Sequence[Lesson]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    may = [one.facts.get("is_answerable", False) for one in lessons]
    chances = np.zeros(len(lessons))
    for fold in range(_FOLDS):
        rest = [one for place, one in enumerate(lessons) if place % _FOLDS != fold]
        gate = _fitted(rest)
        for place in range(fold, len(lessons), _FOLDS):
            chances[place] = gate.chance(lessons[place].facts)
    rows = np.array(may, dtype=bool)
    return chances[rows], np.array([one.label == USED for one in lessons], dtype=bool)[rows]
