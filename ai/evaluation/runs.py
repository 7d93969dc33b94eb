"""From what was asked for to the task that measures it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ai.engine.facade import engine
from ai.evaluation import parts
from ai.evaluation.datasets import Labelled, Marked, Question, folder, kind_of_lines, read_labelled, read_marked, read_questions
from ai.evaluation.files import DatasetError, is_json_lines
from ai.evaluation.report import Report, tell
from ai.evaluation.tasks import answer, guard, intent, language, minor, pii, sentiment

TASKS = ("intent", "sentiment", "language", "answer", "guard", "pii", "minor")
_NAMED = ("banking77", "clapnq")
#: Texts a label that a run on Banking77 learns from beside all of them.
_SHOTS = (5, 10)
#: Which options each task reads.
_USED: dict[str, tuple[str, ...]] = {
    "intent": ("--train", "--oos", "--shots"),
    "sentiment": ("--train",),
    "language": ("--train",),
    "answer": ("--train",),
    "minor": ("--positive",),
    "guard": (),
    "pii": (),
}
#: The task that a JSONL file is for when none was named.
_BY_KIND = {"spans": "pii", "questions": "answer", "labels": "intent"}


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
    if wanted.shots is not None and wanted.shots < 0:
        raise DatasetError("--shots takes how many training texts each label has: 5 or 10, or 0 for the labels' names alone.")
    if wanted.dataset == "banking77":
        task = wanted.task or "intent"
        report = _banking77(wanted, task)
    elif wanted.dataset == "clapnq":
        task = wanted.task or "answer"
        report = _clapnq(wanted, task)
    else:
        task = wanted.task or _task_of(_test_file(wanted))
        _tell_of_unused(wanted, task)
        report = _RUNNERS[task](wanted)
    return {"task": task, "dataset": wanted.dataset if wanted.dataset in _NAMED else _test_file(wanted).name}, report


def _tell_of_unused(wanted: Wanted, task: str) -> None:
    given = {"--train": wanted.train, "--oos": wanted.oos, "--positive": wanted.positive, "--shots": wanted.shots is not None}
    unused = [name for name, value in given.items() if value and name not in _USED[task]]
    if unused:
        tell(f"{task} has no use for {' and '.join(unused)}")


def _test_file(wanted: Wanted) -> Path:
    if wanted.test is not None:
        return wanted.test
    if wanted.dataset:
        return Path(wanted.dataset)
    raise DatasetError("Nothing to measure on: give --test FILE, or --dataset banking77, clapnq or FILE.")


def _task_of(path: Path) -> str:
    return _BY_KIND[kind_of_lines(path)] if is_json_lines(path) else "intent"


def _banking77(wanted: Wanted, task: str) -> Report:
    """The official split; for the tasks of other files, all 13,083 messages: English, without personal data."""
    place = folder(wanted.data) / "banking77"
    training, test = read_labelled(place / "train.csv"), read_labelled(place / "test.csv")
    every = training.texts + test.texts
    if task == "intent" and (wanted.shots is not None or wanted.oos):
        return _intent(training, test, wanted)
    if task == "intent":
        return _full_and_few(training, test, wanted)
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


def _full_and_few(training: Labelled, test: Labelled, wanted: Wanted) -> Report:
    """All training texts, then few of them: their figures as ``shots_5_accuracy`` and so on."""
    report = _intent(training, test, wanted)
    for shots in _SHOTS:
        few = _intent(training, test, replace(wanted, shots=shots))
        kept = {f"shots_{shots}_{name}": value for name, value in few.figures.items() if name.startswith("accurac")}
        report = Report(report.lines + few.lines, report.figures | kept)
    return report


def _run_intent(wanted: Wanted) -> Report:
    test = read_labelled(_test_file(wanted), task="intent")
    if wanted.train is not None:
        training = read_labelled(wanted.train, task="intent")
    elif wanted.shots == 0:
        training = test
    else:
        training, test = parts.split(test)
    return _intent(training, test, wanted)


def _intent(training: Labelled, test: Labelled, wanted: Wanted) -> Report:
    oos = parts.spelled(wanted.oos, {*training.labels, *test.labels})
    if oos and oos not in {*training.labels, *test.labels}:
        raise DatasetError(f"No row has the label {wanted.oos} that --oos names. Labels are {parts.shown(set(test.labels))}.")
    test = parts.aligned(training, test, oos=oos)
    if wanted.shots == 0:
        return intent.run_names(training.without(oos).labels, test.without(oos), embedders=engine().embedders)
    doubles = parts.tell_of_doubles(training.texts, test.texts)
    if wanted.shots is not None:
        known, asked = training.without(oos), test.without(oos)
        report = intent.run_few_shot(known, asked, shots=wanted.shots, embedders=engine().embedders)
    else:
        report = intent.run(parts.bounded(training), test, embedders=engine().embedders, oos=oos)
    return Report(report.lines, {**report.figures, "train_given": len(training), "test_seen_in_train": doubles})


def _run_sentiment(wanted: Wanted) -> Report:
    test = read_labelled(_test_file(wanted), task="sentiment")
    training = read_labelled(wanted.train, task="sentiment") if wanted.train else None
    doubles = parts.tell_of_doubles(training.texts, test.texts) if training else None
    report = sentiment.run(test, training, embedders=engine().embedders)
    if training is None:
        return report
    return Report(report.lines, {**report.figures, "train_given": len(training), "test_seen_in_train": doubles})


def _run_language(wanted: Wanted) -> Report:
    training = read_labelled(wanted.train, task="language") if wanted.train else None
    return language.run(read_labelled(_test_file(wanted), task="language"), training)


def _run_minor(wanted: Wanted) -> Report:
    return minor.run(read_labelled(_test_file(wanted), task="minor"), today=wanted.today, minor=wanted.positive)


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
