"""Mood and priority of a message: what rules say, and what the workspace's learned models make of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ai.engine.settled import MOODS, PRIORITIES, Ruled, settled
from ai.gate import Opened
from ai.models import FeedbackEvent, Intent
from ai.replies.urgency import Urgency
from ai.services.models import labels_model, models_in
from ai.services.rules import ruled_mood, ruled_priority
from ai.services.situations import Situation

if TYPE_CHECKING:
    from ai.engine.facade import Reading as Understood

Task = FeedbackEvent.Task
_ORDERS = {Task.MOOD: MOODS, Task.PRIORITY: PRIORITIES}


@dataclass(frozen=True, slots=True)
class Word:
    """What a learned model says, how sure it is (0 to 1), and its name."""

    label: str
    chance: float
    model: str


@dataclass(frozen=True, slots=True)
class Ordered:
    """A message's mood and priority; `by` holds the learned models' words where they decided, by task."""

    mood: str
    priority: int
    by: dict[str, Word]


def ordered(
    opened: Opened, situation: Situation, understood: "Understood", urgency: Urgency, intent: Intent | None, anger: str
) -> Ordered:
    """Settle both. A model counts in the languages that it was taught in. In the scope; raises ClosedError."""
    words = _learned(opened, situation, understood)
    rules = {
        Task.MOOD: ruled_mood(understood.sentiment.compound, anger),
        Task.PRIORITY: ruled_priority(urgency, intent, anger),
    }
    found = {task: _settled(words.get(task), ruled, task) for task, ruled in rules.items()}
    by = {str(task): words[task] for task, label in found.items() if task in words and words[task].label == label}
    return Ordered(found[Task.MOOD], int(found[Task.PRIORITY]), by)


def _settled(word: Word | None, ruled: Ruled, task: Task) -> str:
    return settled(word.label if word else None, ruled, _ORDERS[task])


def _learned(opened: Opened, situation: Situation, understood: "Understood") -> dict[Task, Word]:
    found = {}
    for name, live in models_in(situation).items():
        task = Task(name)
        if task not in _ORDERS:
            continue
        model = labels_model(opened, task, live)
        if model.is_taught_in(understood.language.code):
            guess = opened.engine.classify(model, understood)
            found[task] = Word(guess.label, guess.probability, live.name)
    return found
