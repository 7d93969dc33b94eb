"""The training process: a job as JSON on its input, the candidate as JSON on its output. Nothing is written to a disk."""

import base64
import json
import sys

from ai.engine.embedders import Embedders
from ai.engine.intents import Artefact, TrainingError, load
from ai.learning.lessons import from_json
from ai.learning.training import learn


def main() -> None:
    job = json.load(sys.stdin)
    embedders = Embedders()
    champion = None
    if job["champion"] is not None:
        by_name = {one.name: one for one in (embedders.english, embedders.multilingual)}
        champion = load(Artefact(job["champion"]["manifest"], base64.b64decode(job["champion"]["arrays"])), by_name)
    try:
        done = learn(
            from_json(job["lessons"]),
            embedders,
            labels=job["labels"],
            champion=champion,
            protected=job["protected"],
            notes=job["notes"],
        )
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
