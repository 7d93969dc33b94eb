"""A process that learns intents, and one that reads messages: each prints one JSON line. Started by the bench `ai`."""

import json
import os
import sys
import time
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import psutil

from ai.engine.answers import Guard, extract
from ai.engine.facade import engine
from ai.engine.intents import Artefact, read_examples, store, train
from ai.engine.placeholders import Known, Masker
from ai.engine.retrieval import EvidenceGate, Index, Passage
from ai.engine.retrieval.bm25 import MemoryStore
from ai.engine.text import stems

LABELS, EXAMPLES, PASSAGES, MESSAGES = 77, 64, 600, 600
TODAY = date(2026, 11, 23)
#: Messages before the clock starts: they fill caches.
_WARM = 20

_VERBS = ("cancel", "return", "change", "pay", "track", "open", "close", "renew", "repair", "compare", "send")
_THINGS = ("card", "order", "account", "invoice", "parcel", "subscription", "password")
_OPENINGS = (
    "How do I",
    "I would like to",
    "Can you help me to",
    "Is it possible to",
    "I tried to",
    "Why can't I",
    "When may I",
    "Please",
)
_ENDINGS = (
    "",
    "?",
    " from my phone",
    " before the end of the month",
    " that I bought last week",
    " for my sister in Lisbon",
    ", it is urgent",
)


def _train(folder: Path) -> dict[str, Any]:
    """A model of 77 intents with 64 examples each, as file."""
    random = Random(1)
    labelled = [(_message(random, label), f"intent_{label}") for label in range(LABELS) for _example in range(EXAMPLES)]
    texts, labels = [text for text, _label in labelled], [label for _text, label in labelled]
    model = train(read_examples(engine().embedders, texts, labels, ["en"] * len(texts)), engine().embedders)
    artefact = store(model, notes={})
    (folder / "model.npz").write_bytes(artefact.arrays)
    (folder / "model.json").write_text(artefact.manifest)
    return {"bytes": len(artefact.arrays)}


def _read(folder: Path) -> dict[str, Any]:
    """Every step on each message: language, minors, personal data, mood, vectors; intent and gate; search; quotes and guard."""
    started = time.perf_counter()
    one = engine()
    one.warm_up()
    model = one.load_model(Artefact((folder / "model.json").read_text(), (folder / "model.npz").read_bytes()))
    load = time.perf_counter() - started
    random = Random(2)
    passages = [_passage(random, number) for number in range(PASSAGES)]
    index = Index(passages, one.embedders)
    guard = Guard(MemoryStore([stems(passage.text, "en") for passage in passages]).statistics([]).idf)
    gate, known = EvidenceGate.default(), [Known("PERSON", "Anna Berg"), Known("EMAIL", "anna@example.com")]
    seconds: list[float] = []
    parts: dict[str, list[float]] = {"understanding": [], "intent": [], "retrieval": [], "answer": []}
    for number in range(_WARM + MESSAGES):
        text = _message(random, number % LABELS)
        marks = [time.perf_counter()]
        reading = one.read(text, today=TODAY, masker=Masker(known))
        marks.append(time.perf_counter())
        one.classify(model, reading)
        marks.append(time.perf_counter())
        language = reading.language.code
        part = index.part(language)
        found = part.rank(reading.masked.text, language, reading.vectors[part.embedder.name][0], limit=5)
        assert found.evidence is not None
        gate.allows(found.evidence)
        marks.append(time.perf_counter())
        for quote in extract(reading.masked.text, found.hits[0], language=language):
            guard.check(quote.text, found.hits[0].passage.text, language=language)
        marks.append(time.perf_counter())
        if number >= _WARM:
            seconds.append(marks[-1] - marks[0])
            for name, (first, second) in zip(parts, pairwise(marks), strict=True):
                parts[name].append(second - first)
    return {"seconds": seconds, "parts": parts, "load": load, "rss": psutil.Process().memory_info().rss}


def _message(random: Random, label: int) -> str:
    verb, thing = _VERBS[label % len(_VERBS)], _THINGS[label // len(_VERBS)]
    return f"{random.choice(_OPENINGS)} {verb} {random.choice(('my', 'the', 'our'))} {thing}{random.choice(_ENDINGS)}"


def _passage(random: Random, number: int) -> Passage:
    verb, thing = random.choice(_VERBS), random.choice(_THINGS)
    text = (
        f"To {verb} a {thing}, open the page of the {thing} and choose {verb}. It takes {number % 28 + 2} days to confirm. "
        f"A {thing} from before 20{number % 25:02d} cannot be handled on the page, so write to us with its number."
    )
    return Passage(str(number), f"{verb} your {thing}", text, "en")


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps({"train": _train, "read": _read}[sys.argv[1]](Path(sys.argv[2]))))
