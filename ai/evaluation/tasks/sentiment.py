"""Moods: the lexicon's and, with a training file, a learned model's; the negative ones looked at apart."""

from collections.abc import Collection, Sequence

import numpy as np

from ai.engine import sentiment
from ai.engine.embedders import EmbedderSet
from ai.engine.intents import train
from ai.engine.mood_model import MoodEmbedders
from ai.evaluation import measures
from ai.evaluation.datasets import Labelled
from ai.evaluation.moods import as_moods
from ai.evaluation.parts import bounded
from ai.evaluation.reading import in_chunks, read, scored
from ai.evaluation.report import Report, tell


def run(test: Labelled, training: Labelled | None, *, embedders: EmbedderSet) -> Report:
    """Measure on ``test``. Raises :class:`DatasetError` when nothing can be measured: unknown labels and no training file, or
    files whose labels have nothing to do with each other."""
    test, training, are_moods = as_moods(test, training)
    report = Report()
    if are_moods:
        _report_lexicon(report, test, {*test.labels, *(training.labels if training else ())})
    if training is not None:
        _report_learned(report, test, bounded(training), MoodEmbedders(embedders))
    else:
        report.figures = {name.removeprefix("lexicon_"): value for name, value in report.figures.items()}
    return report


def _report_lexicon(report: Report, test: Labelled, moods: Collection[str]) -> None:
    scores = [sentiment.score(text) for text in test.texts]
    # Where a set knows no neutral, the side of zero decides.
    found = [one.mood if one.mood in moods else ("positive" if one.compound >= 0 else "negative") for one in scores]
    _report(report, "lexicon", test, found, [-one.compound for one in scores])


def _report_learned(report: Report, test: Labelled, training: Labelled, embedders: MoodEmbedders) -> None:
    examples = read(embedders, training.texts, training.labels)
    model = train(examples, embedders, is_balanced=True, tell=tell)
    found: list[str] = []
    negative: list[float] = []
    place = model.labels.index("negative") if "negative" in model.labels else None
    for rows in in_chunks(embedders, test, has_english=embedders.english.name in model.heads):
        scores = np.zeros((len(rows), len(model.labels)), dtype=np.float32)
        for chosen, one in scored(model, rows):
            scores[chosen] = one.scores
        found += [model.labels[number] for number in scores.argmax(axis=1)]
        negative += scores[:, place].tolist() if place is not None else []
    report.add(
        f"learned from {len(training):,} texts, by {' and '.join(model.heads)}", train=len(training), embedders=list(model.heads)
    )
    _report(report, "learned", test, found, negative)


def _report(report: Report, how: str, test: Labelled, found: Sequence[str], negative: Sequence[float]) -> None:
    """``negative``: how negative each text is; empty where no label is."""
    right = measures.bootstrap([one == other for one, other in zip(test.labels, found, strict=True)])
    recall, f1 = measures.macro_recall(test.labels, found), measures.macro_f1(test.labels, found)
    prefix = "" if how == "learned" else f"{how}_"
    report.add(
        f"{how}: macro recall {100 * recall:.2f} %, accuracy {right.as_percent()}, macro F1 {100 * f1:.2f} % of {len(test):,}",
        test=len(test),
        **{f"{prefix}macro_recall": recall, f"{prefix}accuracy": right.mean, f"{prefix}macro_f1": f1},
    )
    if negative:
        is_negative = np.array([one == "negative" for one in test.labels])
        given = np.array(negative)
        precision, share = measures.precision_recall(is_negative.tolist(), [one == "negative" for one in found])
        area = measures.auroc(given[is_negative], given[~is_negative])
        report.add(
            f"{how}, negative: AUROC {area:.3f}, precision {100 * precision:.1f} %, recall {100 * share:.1f} %",
            **{f"{prefix}negative_auroc": area, f"{prefix}negative_precision": precision, f"{prefix}negative_recall": share},
        )
