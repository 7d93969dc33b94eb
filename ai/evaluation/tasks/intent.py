"""Intents: accuracy on a test file, few-shot learning, and messages out of scope."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ai.engine.embedders import Embedders
from ai.engine.intents import Examples, IntentModel, train
from ai.evaluation import measures
from ai.evaluation.datasets import Labelled
from ai.evaluation.files import DatasetError
from ai.evaluation.reading import in_chunks, read, scored
from ai.evaluation.report import Report, tell

_SEEDS = 5
#: Figures that need texts in scope and out of it.
_COMPARED = (
    "in_scope_accuracy", "in_scope_accuracy_without_gate", "oos_precision", "oos_f1", "oos_auroc",
    "oos_recall_at_5_percent_handed_over", "oos_recall_at_10_percent_handed_over",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answers:
    """A model's answers to ``n`` texts: labels, their probabilities, chances of being in scope, verdicts of the gate."""

    labels: tuple[str, ...]
    probabilities: NDArray[np.float32]
    chances: NDArray[np.float32]
    is_in_scope: NDArray[np.bool_]


def run(training: Labelled, test: Labelled, *, embedders: Embedders, oos: str = "") -> Report:
    """Train on ``training``, measure on ``test``. ``oos`` labels the messages that belong to no intent."""
    known, outside = (training.without(oos), training.only(oos)) if oos else (training, training.take([]))
    started = time.monotonic()
    examples = read(embedders, known.texts, known.labels)
    has_english = embedders.english.name in examples.vectors
    others = read(embedders, outside.texts, outside.labels, has_english=has_english) if len(outside) else None
    model = train(examples, embedders, outside=others, tell=tell)
    report = Report()
    report.add(
        f"{len(known):,} training texts of {len(model.labels)} labels, languages {', '.join(model.languages)}; "
        f"vectors by {' and '.join(model.heads)}; trained in {time.monotonic() - started:.0f} s",
        train=len(known),
        train_out_of_scope=len(outside),
        labels=len(model.labels),
        languages=list(model.languages),
        embedders=list(model.heads),
        train_seconds=time.monotonic() - started,
    )
    answers = _answer_all(model, embedders, test)
    if oos and oos in test.labels:
        _report_scope(report, test, answers, oos)
    else:
        _report_accuracy(report, test.labels, answers)
    return report


def run_few_shot(training: Labelled, test: Labelled, *, shots: int, embedders: Embedders) -> Report:
    """Mean accuracy over 5 draws of ``shots`` training texts a label, with the names of the labels."""
    _check_intents(test)
    drawn = [_draw(training.labels, shots, seed) for seed in range(_SEEDS)]
    place = {row: number for number, row in enumerate(sorted({row for rows in drawn for row in rows}))}
    examples = read(embedders, [training.texts[row] for row in place], [training.labels[row] for row in place])
    models = []
    for seed, chosen in enumerate(drawn):
        models.append(train(examples.take([place[row] for row in chosen]), embedders))
        tell(f"draw {seed + 1} of {_SEEDS} of {shots} texts a label learned")
    rights = np.zeros(_SEEDS)
    for rows in in_chunks(embedders, test, has_english=embedders.english.name in examples.vectors):
        rights += [
            sum(one == other for one, other in zip(rows.labels, answer(model, rows).labels, strict=True)) for model in models
        ]
    found = (rights / len(test)).tolist()
    spread = 1.96 * float(np.std(found, ddof=1)) / _SEEDS**0.5
    mean = float(np.mean(found))
    report = Report()
    report.add(
        f"{shots} texts a label, {_SEEDS} draws: accuracy {100 * mean:.2f} % (± {100 * spread:.2f} at 95 % over draws)",
        shots=shots,
        draws=_SEEDS,
        labels=len(set(training.labels)),
        test=len(test),
        accuracy=mean,
        accuracy_low=mean - spread,
        accuracy_high=mean + spread,
        accuracies=found,
    )
    return report


def run_names(labels: Sequence[str], test: Labelled, *, embedders: Embedders) -> Report:
    """Accuracy of a model that knows nothing but the names of the labels."""
    _check_intents(test)
    model = train(read(embedders, (), (), has_english=True), embedders, labels=labels)
    report = Report()
    report.add(f"no training text, the names of {len(model.labels)} labels", train=0, shots=0, labels=len(model.labels))
    _report_accuracy(report, test.labels, _answer_all(model, embedders, test))
    return report


def _check_intents(test: Labelled) -> None:
    if not len(test):
        raise DatasetError("All test texts are out of scope, so few-shot learning has nothing to measure. Leave --shots out.")


def _answer_all(model: IntentModel, embedders: Embedders, test: Labelled) -> Answers:
    """The answers to a test part of any size, some thousand texts at a time."""
    parts = [answer(model, rows) for rows in in_chunks(embedders, test, has_english=embedders.english.name in model.heads)]
    return Answers(
        tuple(label for part in parts for label in part.labels),
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.chances for part in parts]),
        np.concatenate([part.is_in_scope for part in parts]),
    )


def answer(model: IntentModel, rows: Examples) -> Answers:
    """The model's answers, each text by the route of its language."""
    labels = np.empty(len(rows), dtype=object)
    probabilities, chances = np.zeros(len(rows), dtype=np.float32), np.zeros(len(rows), dtype=np.float32)
    is_in_scope = np.zeros(len(rows), dtype=bool)
    for chosen, one in scored(model, rows):
        gate = model.routes[one.route].gate
        chances[chosen] = gate.score(model.evidence(one.route, one.scores, one.part.vectors, one.margins))
        is_in_scope[chosen] = chances[chosen] >= gate.threshold
        labels[chosen] = np.array(model.labels, dtype=object)[one.scores.argmax(axis=1)]
        probabilities[chosen] = np.exp(one.scores.max(axis=1))
    return Answers(tuple(labels), probabilities, chances, is_in_scope)


def _report_accuracy(report: Report, truth: Sequence[str], answers: Answers) -> None:
    right = [one == other for one, other in zip(truth, answers.labels, strict=True)]
    interval = measures.bootstrap(right)
    area, share = measures.risk_coverage(answers.probabilities, right)
    score = measures.macro_f1(truth, answers.labels)
    report.add(
        f"{len(truth):,} test texts: accuracy {interval.as_percent()}, macro F1 {100 * score:.2f} %",
        test=len(truth),
        accuracy=interval.mean,
        accuracy_low=interval.low,
        accuracy_high=interval.high,
        macro_f1=score,
        macro_recall=measures.macro_recall(truth, answers.labels),
    )
    report.add(
        f"the surest {100 * share:.1f} % are answered with at most 5 % wrong; area under risk and coverage {area:.4f}",
        aurc=area,
        coverage_at_5_percent_wrong=share,
    )


def _report_scope(report: Report, test: Labelled, answers: Answers, oos: str) -> None:
    """Figures of both kinds of texts; where all are out of scope, those that compare the two are not numbers."""
    is_out = np.array([label == oos for label in test.labels])
    right = np.array([one == other for one, other in zip(test.labels, answers.labels, strict=True)])
    inside, outside = answers.chances[~is_out], answers.chances[is_out]
    precision, recall = measures.precision_recall(is_out.tolist(), (~answers.is_in_scope).tolist())
    figures: dict[str, float] = dict.fromkeys(_COMPARED, float("nan")) | {"oos_recall": recall}
    if len(inside):
        figures |= {
            "in_scope_accuracy": float((right & answers.is_in_scope)[~is_out].mean()),
            "in_scope_accuracy_without_gate": float(right[~is_out].mean()),
            "oos_precision": precision,
            "oos_f1": measures.f1(precision, recall),
            "oos_auroc": measures.auroc(inside, outside),
            "oos_recall_at_5_percent_handed_over": float((outside < np.quantile(inside, 0.05)).mean()),
            "oos_recall_at_10_percent_handed_over": float((outside < np.quantile(inside, 0.10)).mean()),
        }
    counts = {"test": len(test), "test_out_of_scope": int(is_out.sum())}
    if not len(inside):
        report.add(f"all {len(test):,} test texts are out of scope: recall {100 * recall:.1f} %", **counts, **figures)
        return
    report.add(
        f"{len(inside):,} in scope, {len(outside):,} out: accuracy in scope {100 * figures['in_scope_accuracy']:.2f} % "
        f"({100 * figures['in_scope_accuracy_without_gate']:.2f} % before the gate), out of scope recall {100 * recall:.1f} %, "
        f"precision {100 * precision:.1f} %, AUROC {figures['oos_auroc']:.4f}",
        **counts,
        **figures,
    )
    report.add(
        f"handing over 5 % of what is in scope keeps {100 * figures['oos_recall_at_5_percent_handed_over']:.1f} % of the rest out"
    )


def _draw(labels: Sequence[str], shots: int, seed: int) -> list[int]:
    random = np.random.default_rng(seed)
    rows_of: dict[str, list[int]] = {}
    for row, label in enumerate(labels):
        rows_of.setdefault(label, []).append(row)
    chosen: list[int] = []
    for label in sorted(rows_of):
        chosen += random.choice(rows_of[label], min(shots, len(rows_of[label])), replace=False).tolist()
    return sorted(chosen)
