"""The learning loop on Banking77: 5 % slips, three batches poisoned; what is promoted must never do harm.

Set CHATZEE_AI_DATA to a folder with banking77/ (train.csv, test.csv).
"""

import csv
import os
from pathlib import Path

import numpy as np
import pytest

from ai.engine.embedders import Embedders
from ai.engine.intents import IntentModel
from ai.engine.intents.examples import Examples, embed
from ai.learning.judging import Verdict
from ai.learning.lessons import Lesson
from ai.learning.training import learn

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(not os.environ.get("CHATZEE_AI_DATA"), reason="CHATZEE_AI_DATA names no folder with banking77/"),
    pytest.mark.filterwarnings("ignore:The number of unique classes"),
]
#: As many lessons as the simulation of the reference: 4,000.
BATCH, BATCHES, POISONED = 250, 16, {4, 7, 11}
#: More than this of true accuracy lost by a promotion is harm.
HARM = 0.003
#: What the model in use must reach in the end; always promoting ends at 0.88 with a poisoned stream.
FINAL = 0.89
#: The languages' vectors of the multilingual model add little here, and half of the time.
TESTED = 1540


def rows(name: str) -> list[tuple[str, str]]:
    with (Path(os.environ["CHATZEE_AI_DATA"]) / "banking77" / name).open(newline="") as file:
        return [(row["text"], row["category"]) for row in csv.DictReader(file)]


def accuracy(model: IntentModel, test: Examples) -> float:
    names = list(test.vectors)
    found = [
        model.predict(text, {name: test.vectors[name][place : place + 1] for name in names}, "en").label
        for place, text in enumerate(test.texts)
    ]
    return float(np.mean([one == truth for one, truth in zip(found, test.labels, strict=True)]))


def test_three_poisoned_batches_do_no_harm(embedders: Embedders) -> None:
    rng = np.random.default_rng(7)
    train, test = rows("train.csv"), rows("test.csv")
    train = [train[place] for place in rng.permutation(len(train))[: BATCH * BATCHES]]
    test = [test[place] for place in rng.permutation(len(test))[:TESTED]]
    labels = sorted({label for _text, label in test})
    texts = [text for text, _label in train]
    vectors = embed(embedders, texts, has_english=True)
    tested = Examples(
        tuple(text for text, _label in test),
        tuple(label for _text, label in test),
        ("en",) * len(test),
        embed(embedders, [text for text, _label in test], has_english=True),
    )
    champion: IntentModel | None = None
    best, harms, story, lessons = 0.0, [], [], []
    for batch in range(BATCHES):
        wrong = 0.6 if batch in POISONED else 0.05
        for place in range(batch * BATCH, (batch + 1) * BATCH):
            text, label = train[place]
            taught = str(rng.choice(labels)) if rng.random() < wrong else label
            own = {name: found[place].tolist() for name, found in vectors.items()}
            lessons.append(Lesson(text, taught, "en", f"agent {place % 7}", f"day {batch}", own))
        done = learn(lessons, embedders, labels=labels, champion=champion)
        reached = accuracy(done.model, tested)
        story.append((batch, done.judgement.verdict.value, round(reached, 4)))
        if done.judgement.verdict == Verdict.BETTER:
            if reached < best - HARM:
                harms.append(story[-1])
            champion, best = done.model, reached
    assert harms == [], story
    assert sum(verdict == "better" for _batch, verdict, _reached in story) >= 3, story
    assert best >= FINAL, story
