"""The training process: a job as JSON on its input, the candidate as JSON on its output. Nothing is written to a disk."""

import base64
import json
import sys
from typing import Any

from ai.engine.embedders import Embedders
from ai.engine.facade import known_embedders
from ai.engine.intents import Artefact, IntentModel, TrainingError, load
from ai.engine.mood_model import MoodEmbedders
from ai.engine.settled import MOODS, PRIORITIES
from ai.engine.trust import load as load_gate
from ai.learning.lessons import from_json
from ai.learning.replies import TrainedGate, learn_replies
from ai.learning.training import Trained, learn, learn_order


def trained(job: dict[str, Any]) -> Trained | TrainedGate:
    """Do a job. Raises `TrainingError` where there is nothing to learn."""
    lessons, notes, protected = from_json(job["lessons"]), job["notes"], job["protected"]
    champion = _artefact(job["champion"]) if job["champion"] else None
    if job["task"] == "reply":
        return learn_replies(lessons, champion=None if champion is None else load_gate(champion), notes=notes)
    embedders = Embedders()
    live: IntentModel | None = None if champion is None else load(champion, known_embedders(embedders))
    if job["task"] == "intent":
        return learn(lessons, embedders, labels=job["labels"], champion=live, protected=protected, notes=notes)
    if job["task"] == "mood":
        return learn_order(lessons, MoodEmbedders(embedders), order=MOODS, champion=live, protected=protected, notes=notes)
    return learn_order(lessons, embedders, order=PRIORITIES, champion=live, protected=protected, notes=notes)


def _artefact(found: dict[str, str]) -> Artefact:
    return Artefact(found["manifest"], base64.b64decode(found["arrays"]))


def main() -> None:
    try:
        done = trained(json.load(sys.stdin))
    except TrainingError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return
    found = {
        "manifest": done.artefact.manifest,
        "arrays": base64.b64encode(done.artefact.arrays).decode(),
        "judgement": done.judgement.as_json(),
        "dataset": done.dataset,
        "examples": done.examples,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
