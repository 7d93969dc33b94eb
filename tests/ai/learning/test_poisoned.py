"""The learning loop on made-up messages: three batches taught at random in a row are never put to use, honest ones are.

The same on Banking77 is a drill (`test_simulation.py`). Words mean nothing here, so the embedder that needs no model will do.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from ai.engine.intents import IntentModel
from ai.engine.intents.examples import Examples, embed
from ai.learning.judging import Verdict
from ai.learning.lessons import Lesson
from ai.learning.training import Trained, learn
from tests.ai.conftest import LightEmbedders

pytestmark = pytest.mark.filterwarnings("ignore:The number of unique classes")
LABELS = ("delivery", "refund", "password", "invoice")
FIRST, BATCH, BATCHES, TESTED = 300, 120, 3, 300
#: Shares of labels that are any label's: an honest batch has slips, a poisoned one is mostly noise.
SLIPS, POISON = 0.05, 0.6
#: A promotion that costs more true accuracy than this is harm.
HARM = 0.003
_PARTS = tuple(
    first + last
    for first in ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te")
    for last in ("lo", "mi", "na", "re", "su", "ta")
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Messages with their true labels, in the order in which they come, and others to test on."""

    messages: list[tuple[str, str]]
    tested: Examples


@pytest.fixture(scope="module")
def stream(light: LightEmbedders) -> Stream:
    """Three words of the label's hundred, the frequent ones more often, among four that say nothing."""
    rng = np.random.default_rng(3)
    words = {label: ["".join(rng.choice(_PARTS, size=2)) for _ in range(100)] for label in LABELS}
    noise = ["".join(rng.choice(_PARTS, size=2)) for _ in range(200)]
    shares = 1 / np.arange(1, 101) ** 0.7

    def message() -> tuple[str, str]:
        label = LABELS[rng.integers(len(LABELS))]
        said = [*rng.choice(words[label], size=3, p=shares / shares.sum()), *rng.choice(noise, size=4)]
        return " ".join(rng.permutation(said)), label

    messages = [message() for _ in range(FIRST + BATCHES * BATCH)]
    texts, labels = zip(*(message() for _ in range(TESTED)), strict=True)
    return Stream(messages, Examples(texts, labels, ("en",) * TESTED, embed(light, list(texts), has_english=True)))


def taught(stream: Stream, batches: int, *, wrong: float) -> list[Lesson]:
    """The lessons of the honest beginning and of so many batches after it, of whose labels a share is any label's."""
    rng, found = np.random.default_rng(12), []
    for place, (text, label) in enumerate(stream.messages[: FIRST + batches * BATCH]):
        share = wrong if place >= FIRST else SLIPS
        told = str(rng.choice(LABELS)) if rng.random() < share else label
        found.append(Lesson(text, told, "en", f"agent {place % 7}", f"day {place // BATCH}"))
    return found


def candidate(stream: Stream, light: LightEmbedders, batches: int, *, wrong: float, champion: IntentModel | None) -> Trained:
    return learn(taught(stream, batches, wrong=wrong), light, labels=LABELS, champion=champion)


def accuracy(model: IntentModel, tested: Examples) -> float:
    found = [
        model.predict(text, {name: rows[place : place + 1] for name, rows in tested.vectors.items()}, "en").label
        for place, text in enumerate(tested.texts)
    ]
    return float(np.mean([one == truth for one, truth in zip(found, tested.labels, strict=True)]))


@pytest.fixture(scope="module")
def first(stream: Stream, light: LightEmbedders) -> Trained:
    """What the honest beginning taught: it is put to use."""
    return candidate(stream, light, 0, wrong=SLIPS, champion=None)


def test_no_poisoned_batch_is_put_to_use(stream: Stream, light: LightEmbedders, first: Trained) -> None:
    assert first.judgement.verdict == Verdict.BETTER
    best = accuracy(first.model, stream.tested)
    for batches in range(1, BATCHES + 1):
        done = candidate(stream, light, batches, wrong=POISON, champion=first.model)
        assert done.judgement.verdict != Verdict.BETTER
        assert accuracy(done.model, stream.tested) < best - HARM  # to promote it would have been harm


def test_honest_ones_in_their_place_are(stream: Stream, light: LightEmbedders, first: Trained) -> None:
    done = [candidate(stream, light, batches, wrong=SLIPS, champion=first.model) for batches in (1, 2)]
    assert Verdict.BETTER in [one.judgement.verdict for one in done]
    assert accuracy(done[-1].model, stream.tested) > accuracy(first.model, stream.tested) + HARM
