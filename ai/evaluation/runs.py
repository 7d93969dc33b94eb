"""From what was asked for to the task that measures it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ai.engine.facade import engine
from ai.engine.intents.examples import is_held_out
from ai.evaluation.datasets import (
    DatasetError,
    Labelled,
    Marked,
    Question,
    folder,
    kind_of_lines,
    read_labelled,
    read_marked,
    read_questions,
)
from ai.evaluation.report import Report
from ai.evaluation.tasks import answer, guard, intent, language, minor, pii, sentiment

TASKS = ("intent", "sentiment", "language", "answer", "guard", "pii", "minor")
_NAMED = ("banking77", "clapnq")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for; empty and None where nothing was said. ``today`` is the day that birth dates are counted to."""

    today: date
    dataset: str = ""
    task: str = ""
    train: Path | None = None
    test: Path | None = None
    oos: str = ""
    positive: str = ""
    shots: int | None = None
    data: str = ""


def run(wanted: Wanted) -> tuple[dict[str, Any], Report]:
    """The heading of the figures, and the report. Raises :class:`DatasetError` with what to do."""
    if wanted.shots is not None and wanted.shots < 1:
        raise DatasetError("--shots takes how many training texts each label has: 5 or 10.")
    if wanted.dataset == "banking77":
        task = wanted.task or "intent"
        report = _banking77(wanted, task)
    elif wanted.dataset == "clapnq":
        task = wanted.task or "answer"
        report = _clapnq(wanted, task)
    else:
        task = wanted.task or _task_of(_test_file(wanted))
        report = _RUNNERS[task](wanted)
    return {"task": task, "dataset": wanted.dataset if wanted.dataset in _NAMED else _test_file(wanted).name}, report


def _test_file(wanted: Wanted) -> Path:
    if wanted.test is not None:
        return wanted.test
    if wanted.dataset:
        return Path(wanted.dataset)
    raise DatasetError("Nothing to measure on: give --test FILE, or --dataset banking77, clapnq or FILE.")


def _task_of(path: Path) -> str:
    if path.suffix in (".jsonl", ".json", ".ndjson"):
        return "pii" if kind_of_lines(path) == "spans" else "answer"
    return "intent"


def _banking77(wanted: Wanted, task: str) -> Report:
    """The official split; for the tasks of other files, all 13,083 messages: English, without personal data."""
    place = folder(wanted.data) / "banking77"
    training, test = read_labelled(place / "train.csv"), read_labelled(place / "test.csv")
    every = training.texts + test.texts
    if task == "intent":
        return _intent(training, test, wanted)
    if task == "language":
        return language.run(Labelled(every, ("en",) * len(every)), Labelled(("",) * 4, ("en", "pt", "es", "fr")))
    if task == "minor":
        return minor.run(Labelled(every, ("",) * len(every)), today=wanted.today)
    if task == "pii":
        return pii.run([Marked(text, ()) for text in every])
    raise DatasetError(f"banking77 says nothing about {task}. It serves intent, language, minor and pii.")


def _clapnq(wanted: Wanted, task: str) -> Report:
    place = folder(wanted.data) / "clapnq"
    questions = read_questions(place / "dev_answerable.jsonl") + read_questions(place / "dev_unanswerable.jsonl")
    if task not in ("answer", "guard"):
        raise DatasetError(f"clapnq says nothing about {task}. It serves answer and guard.")
    report = Report()
    if task == "answer":
        report = answer.run(questions, embedders=engine().embedders, is_default_fair=False)
    if wanted.task in ("", "guard"):
        checked = guard.run(questions)
        report = Report(report.lines + checked.lines, report.figures | checked.figures)
    return report


def _run_intent(wanted: Wanted) -> Report:
    test = read_labelled(_test_file(wanted))
    if wanted.train is not None:
        return _intent(read_labelled(wanted.train), test, wanted)
    # One file for both: a fifth is kept for the test, near-doubles on one side.
    rows = range(len(test))
    is_held = [is_held_out(text) for text in test.texts]
    return _intent(test.take([row for row in rows if not is_held[row]]), test.take([row for row in rows if is_held[row]]), wanted)


def _intent(training: Labelled, test: Labelled, wanted: Wanted) -> Report:
    embedders = engine().embedders
    if wanted.oos and wanted.oos not in {*training.labels, *test.labels}:
        raise DatasetError(f"No row has the label {wanted.oos} that --oos names. Labels are compared to the letter.")
    if wanted.shots is not None:
        known = training.without(wanted.oos), test.without(wanted.oos)
        return intent.run_few_shot(*known, shots=wanted.shots, embedders=embedders)
    return intent.run(training, test, embedders=embedders, oos=wanted.oos)


def _run_sentiment(wanted: Wanted) -> Report:
    training = read_labelled(wanted.train) if wanted.train else None
    return sentiment.run(read_labelled(_test_file(wanted)), training, embedders=engine().embedders)


def _run_language(wanted: Wanted) -> Report:
    return language.run(read_labelled(_test_file(wanted)), read_labelled(wanted.train) if wanted.train else None)


def _run_minor(wanted: Wanted) -> Report:
    return minor.run(read_labelled(_test_file(wanted)), today=wanted.today, minor=wanted.positive)


def _run_pii(wanted: Wanted) -> Report:
    return pii.run(read_marked(_test_file(wanted)))


def _run_answer(wanted: Wanted) -> Report:
    training: list[Question] = read_questions(wanted.train) if wanted.train else []
    return answer.run(read_questions(_test_file(wanted)), embedders=engine().embedders, training=training)


def _run_guard(wanted: Wanted) -> Report:
    return guard.run(read_questions(_test_file(wanted)))


_RUNNERS: dict[str, Callable[[Wanted], Report]] = {
    "intent": _run_intent,
    "sentiment": _run_sentiment,
    "language": _run_language,
    "minor": _run_minor,
    "pii": _run_pii,
    "answer": _run_answer,
    "guard": _run_guard,
}
