"""The training and the test part of a labelled set, made to fit each other; what is odd about them is said on stderr."""

from collections.abc import Collection, Sequence

import numpy as np

from ai.engine.intents.examples import is_held_out
from ai.evaluation.datasets import Labelled
from ai.evaluation.files import DatasetError
from ai.evaluation.report import tell

#: Training texts that are learned from at most, and characters of them: so many, of 77 labels, take 1.1 GB.
MOST_TEXTS = 40_000
_MOST_CHARACTERS = 4_000_000
#: Characters of a text that the words' classifier looks at.
_READ = 4_000
_SHOWN = 6
_SEED = 20261123


def split(rows: Labelled) -> tuple[Labelled, Labelled]:
    """A training and a test part of one file: a fifth is for the test, near-doubles on one side."""
    is_held = [is_held_out(text) for text in rows.texts]
    training = rows.take([row for row in range(len(rows)) if not is_held[row]])
    test = rows.take([row for row in range(len(rows)) if is_held[row]])
    if not len(training) or not len(test):
        raise DatasetError(f"{len(rows)} rows are too few to keep a fifth for the test. Give --train and --test, a file each.")
    if not set(training.labels) & set(test.labels):
        raise DatasetError("No label has enough rows to be learned and tested. Give --train and --test, a file each.")
    tell(f"one file for both: {len(training):,} texts to learn from, {len(test):,} for the test")
    return training, test


def spelled(label: str, known: Collection[str]) -> str:
    """The known label that differs from ``label`` in capitals only, else ``label``."""
    if label in known:
        return label
    alike = sorted(one for one in known if one.casefold() == label.casefold())
    return alike[0] if alike else label


def aligned(training: Labelled, test: Labelled, *, oos: str = "") -> Labelled:
    """The test part with its labels in the training part's spelling. Raises :class:`DatasetError` when the two share none."""
    known = set(training.labels)
    names = {label: spelled(label, known) for label in set(test.labels)}
    if not known - {oos}:
        raise DatasetError("The training file has no row but those out of scope. Add rows with intents.")
    strangers = {name for name in names.values() if name not in known and name != oos}
    if strangers == {name for name in names.values() if name != oos} != set():
        raise DatasetError(
            f"The two files share no label. Train has {shown(known - {oos})}; test has {shown(strangers)}. "
            "Write the same labels in both."
        )
    if strangers:
        count = sum(names[label] in strangers for label in test.labels)
        tell(f"{count:,} test texts have labels that no training text has, and count as wrong: {shown(strangers)}")
    return Labelled(test.texts, tuple(names[label] for label in test.labels))


def tell_of_doubles(training: Sequence[str], test: Sequence[str]) -> int:
    """How many test texts stand among the training texts word for word; said, as they flatter the figures."""
    known = set(training)
    count = sum(text in known for text in test)
    if count:
        tell(f"{count:,} of {len(test):,} test texts are also training texts: the figures are better than on new texts")
    return count


def bounded(training: Labelled) -> Labelled:
    """At most :data:`MOST_TEXTS` training texts, of every label alike, the same ones at every run."""
    read = np.minimum([len(text) for text in training.texts], _READ)
    most = min(MOST_TEXTS, int(len(training) * _MOST_CHARACTERS / max(1, read.sum())))
    if len(training) <= most:
        return training
    turns: dict[str, int] = {}
    turn = np.zeros(len(training), dtype=np.int64)
    order = np.random.default_rng(_SEED).permutation(len(training))
    for row in order:
        turn[row] = turns[training.labels[row]] = turns.get(training.labels[row], 0) + 1
    # Every label's first texts come before any label's second.
    chosen = sorted(order[np.argsort(turn[order], kind="stable")][: max(most, len(turns))].tolist())
    tell(f"{len(training):,} training texts are more than can be learned from here: {len(chosen):,}, of every label alike")
    return training.take(chosen)


def shown(labels: Collection[str]) -> str:
    """Some of the labels, for a message."""
    first = ", ".join(label[:40] for label in sorted(labels)[:_SHOWN])
    return f"{first}, …" if len(labels) > _SHOWN else first
