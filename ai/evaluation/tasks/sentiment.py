"""Moods: the lexicon's and, with a training file, a learned model's; the negative ones looked at apart."""

from collections.abc import Sequence

import numpy as np

from ai.engine import sentiment
from ai.engine.embedders import EmbedderSet
from ai.engine.intents import train
from ai.engine.mood_model import MoodEmbedders
from ai.evaluation import measures
from ai.evaluation.datasets import DatasetError, Labelled
from ai.evaluation.reading import read, scored
from ai.evaluation.report import Report, tell

#: Names of moods in public sets, worst first; a set's labels are looked up whole, in lower case.
_NAMES = {
    "negative": ("negative", "neg", "bad", "negativo", "negativa", "négatif", "negatif", "negativ", "angry", "-1", "label_0"),
    "neutral": ("neutral", "neu", "mixed", "neutro", "neutra", "neutre", "none", "label_1"),
    "positive": ("positive", "pos", "good", "positivo", "positiva", "positif", "positiv", "happy", "+1", "5 stars", "label_2"),
}  # fmt: skip


def run(test: Labelled, training: Labelled | None, *, embedders: EmbedderSet) -> Report:
    """Measure on ``test``. Raises :class:`DatasetError` when nothing can be measured: unknown labels and no training file."""
    moods = moods_of(sorted(set(test.labels) | set(training.labels if training else ())))
    if not moods and training is None:
        raise DatasetError("No label is a mood's name (negative, neutral, positive) and there is no --train to learn them from.")
    report = Report()
    if moods:
        _report_lexicon(report, test, moods)
    if training is not None:
        _report_learned(report, test, training, moods, MoodEmbedders(embedders))
    else:
        report.figures = {name.removeprefix("lexicon_"): value for name, value in report.figures.items()}
    return report


def moods_of(labels: Sequence[str]) -> dict[str, str]:
    """Each label's mood; empty when the labels are not moods. Numbers count from the worst mood up: 0 and 1, or 0, 1 and 2."""
    found = {label: mood for label in labels for mood, names in _NAMES.items() if label.lower() in names}
    if len(found) == len(labels):
        return found
    if all(label.isdigit() for label in labels) and len(labels) in (2, 3):
        ordered = sorted(labels, key=int)
        return dict(zip(ordered, ("negative", "positive") if len(labels) == 2 else tuple(_NAMES), strict=True))
    return {}


def _report_lexicon(report: Report, test: Labelled, moods: dict[str, str]) -> None:
    scores = [sentiment.score(text) for text in test.texts]
    label_of = {mood: label for label, mood in moods.items()}
    # Where a set knows no neutral, the side of zero decides.
    found = [label_of.get(one.mood) or label_of["positive" if one.compound >= 0 else "negative"] for one in scores]
    _report(
        report, "lexicon", test, found, {label: [_leaning(one, mood) for one in scores] for label, mood in moods.items()}, moods
    )


def _leaning(one: sentiment.Sentiment, mood: str) -> float:
    return {"negative": -one.compound, "neutral": -abs(one.compound), "positive": one.compound}[mood]


def _report_learned(report: Report, test: Labelled, training: Labelled, moods: dict[str, str], embedders: MoodEmbedders) -> None:
    examples = read(embedders, training.texts, training.labels)
    has_english = embedders.english.name in examples.vectors
    model = train(examples, embedders, is_balanced=True, tell=tell)
    rows = read(embedders, test.texts, test.labels, has_english=has_english)
    scores = np.zeros((len(test), len(model.labels)), dtype=np.float32)
    for chosen, one in scored(model, rows):
        scores[chosen] = one.scores
    found = [model.labels[number] for number in scores.argmax(axis=1)]
    report.add(
        f"learned from {len(training):,} texts, by {' and '.join(model.heads)}", train=len(training), embedders=list(model.heads)
    )
    _report(
        report, "learned", test, found, {label: scores[:, number].tolist() for number, label in enumerate(model.labels)}, moods
    )


def _report(
    report: Report, how: str, test: Labelled, found: Sequence[str], scores: dict[str, list[float]], moods: dict[str, str]
) -> None:
    right = measures.bootstrap([one == other for one, other in zip(test.labels, found, strict=True)])
    recall, f1 = measures.macro_recall(test.labels, found), measures.macro_f1(test.labels, found)
    prefix = "" if how == "learned" else f"{how}_"
    report.add(
        f"{how}: macro recall {100 * recall:.2f} %, accuracy {right.as_percent()}, macro F1 {100 * f1:.2f} % of {len(test):,}",
        test=len(test),
        **{f"{prefix}macro_recall": recall, f"{prefix}accuracy": right.mean, f"{prefix}macro_f1": f1},
    )
    for label in (label for label, mood in moods.items() if mood == "negative" and label in scores):
        is_negative = np.array([one == label for one in test.labels])
        given = np.array(scores[label])
        precision, share = measures.precision_recall(is_negative.tolist(), [one == label for one in found])
        area = measures.auroc(given[is_negative], given[~is_negative])
        report.add(
            f"{how}, negative: AUROC {area:.3f}, precision {100 * precision:.1f} %, recall {100 * share:.1f} %",
            **{f"{prefix}negative_auroc": area, f"{prefix}negative_precision": precision, f"{prefix}negative_recall": share},
        )
