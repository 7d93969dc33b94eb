"""Which mood a set's label means, and two files' labels as moods."""

from collections.abc import Collection, Sequence

from ai.engine.sentiment import Mood
from ai.evaluation.datasets import Labelled
from ai.evaluation.files import DatasetError
from ai.evaluation.parts import aligned, shown
from ai.evaluation.report import tell

#: Names of moods in public sets; a set's labels are looked up whole, in any case.
_NAMES: dict[Mood, tuple[str, ...]] = {
    "negative": ("negative", "neg", "bad", "negativo", "negativa", "négatif", "negatif", "negativ", "angry", "unhappy"),
    "neutral": ("neutral", "neu", "mixed", "neutro", "neutra", "neutre", "none"),
    "positive": ("positive", "pos", "good", "positivo", "positiva", "positif", "positiv", "happy"),
}
#: Numbers that public sets give to moods. A file must hold all of a row: 1 and 2 alone may mean several things.
_NUMBERS: dict[tuple[int, ...], tuple[Mood, ...]] = {
    (0, 1): ("negative", "positive"),
    (-1, 1): ("negative", "positive"),
    (0, 4): ("negative", "positive"),
    (0, 2): ("negative", "positive"),
    (0, 1, 2): ("negative", "neutral", "positive"),
    (-1, 0, 1): ("negative", "neutral", "positive"),
    (0, 2, 4): ("negative", "neutral", "positive"),
    (1, 2, 3): ("negative", "neutral", "positive"),
}


def moods_of(labels: Collection[str]) -> dict[str, Mood]:
    """Each label's mood; empty when not all labels are moods."""
    found = {label: mood for label in labels for mood, names in _NAMES.items() if label.casefold() in names}
    if len(found) == len(labels):
        return found
    numbers = {label: _number(label) for label in labels}
    values = sorted({number for number in numbers.values() if number is not None})
    if None in numbers.values() or tuple(values) not in _NUMBERS:
        return {}
    moods = dict(zip(values, _NUMBERS[tuple(values)], strict=True))
    return {label: moods[number] for label, number in numbers.items() if number is not None}


def as_moods(test: Labelled, training: Labelled | None) -> tuple[Labelled, Labelled | None, bool]:
    """Both parts with moods for labels and True; or, where the labels are no moods, in one spelling and False.

    Raises :class:`DatasetError` for labels that say nothing without a training file, and for files that share none.
    """
    if training is None:
        moods = moods_of(set(test.labels))
        if not moods:
            raise DatasetError(
                "No label is a mood's name, or not all are (negative, neutral, positive), and there is no --train to learn from. "
                f"Found {shown(set(test.labels))}; numbers are known as 0 1, 0 1 2, -1 0 1 and 0 2 4, all of them there."
            )
        return _named(test, moods), None, True
    together = moods_of({*test.labels, *training.labels})
    if together:
        return _named(test, together), _named(training, together), True
    apart = moods_of(set(test.labels)), moods_of(set(training.labels))
    if all(apart):
        _check_same(test, training, apart)
        return _named(test, apart[0]), _named(training, apart[1]), True
    return aligned(training, test), training, False


def _number(label: str) -> int | None:
    """``1``, ``+1``, ``1.0`` and ``LABEL_1`` as numbers."""
    try:
        found = float(label.casefold().removeprefix("label_"))
        return int(found) if found == int(found) else None
    except (ValueError, OverflowError):
        return None


def _check_same(test: Labelled, training: Labelled, moods: Sequence[dict[str, Mood]]) -> None:
    """Words of one file and numbers of another must tell of the same moods: is 1 good, or neither?"""
    of_test, of_training = (set(found.values()) for found in moods)
    if of_test != of_training:
        raise DatasetError(
            f"The labels of the two files cannot be told to be the same moods: train has {shown(set(training.labels))}; test has "
            f"{shown(set(test.labels))}. Write the same names in both, such as negative, neutral, positive."
        )


def _named(rows: Labelled, moods: dict[str, Mood]) -> Labelled:
    labels = set(rows.labels)
    if any(_number(label) is not None for label in labels):
        tell("numbers are read as moods: " + ", ".join(f"{label} {mood}" for label, mood in sorted(moods.items())))
    if len({moods[label] for label in labels}) < len(labels):
        tell(f"labels that mean the same mood count as one: {shown(labels)}")
    return Labelled(rows.texts, tuple(moods[label] for label in rows.labels))
