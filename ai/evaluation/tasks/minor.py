"""Writers who say that they are under 18: what is found, and what is flagged by mistake."""

from datetime import date

from ai.engine.minors import find_minor_sign
from ai.evaluation import measures
from ai.evaluation.datasets import Labelled
from ai.evaluation.files import DatasetError
from ai.evaluation.parts import shown, spelled
from ai.evaluation.report import Report

_NAMES = ("minor", "minors", "underage", "under_18", "under18", "child", "menor", "mineur", "yes", "true", "1", "positive")


def run(test: Labelled, *, today: date, minor: str = "") -> Report:
    """``minor`` is the label of texts that must be flagged; found by its name when empty. Nothing is fitted. Of texts with empty
    labels nobody knows the truth: flags are counted only."""
    labels = set(test.labels)
    chosen = spelled(minor, labels) or next((label for label in sorted(labels) if label.casefold() in _NAMES), "")
    if minor and chosen not in labels:
        raise DatasetError(f"No row has the label {minor} that --positive names. Labels are {shown(labels)}.")
    if not chosen and len(labels) > 1:
        raise DatasetError(f"Which label means a minor? Found {shown(labels)}; name it with --positive.")
    truth = [chosen != "" and label == chosen for label in test.labels]
    found = [find_minor_sign(text, today=today) is not None for text in test.texts]
    others = [flagged for flagged, is_minor in zip(found, truth, strict=True) if not is_minor]
    if not any(test.labels):
        others = []
    precision, recall = measures.precision_recall(truth, found)
    report = Report()
    report.add(f"{len(test):,} texts: {sum(found):,} flagged", test=len(test), flagged=sum(found))
    if others:
        report.add(
            f"of {len(others):,} others {sum(others):,} flagged by mistake",
            others=len(others),
            false_flags=sum(others),
            false_flag_share=sum(others) / len(others),
        )
    if any(truth):
        report.add(
            f"of {sum(truth):,} minors: recall {100 * recall:.1f} %, precision {100 * precision:.1f} %",
            minors=sum(truth),
            recall=recall,
            precision=precision,
            f1=measures.f1(precision, recall),
        )
    return report
