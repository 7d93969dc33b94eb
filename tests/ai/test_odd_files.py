"""`manage.py ai_evaluate` on files that are whole and odd: figures that are true, or a message; never a stack trace."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ai.evaluation import parts, runs
from ai.evaluation.datasets import Labelled
from ai.evaluation.reading import in_chunks
from tests.ai.conftest import LightEmbedders

type Rows = list[tuple[str, str]]

INTENTS: Rows = [
    ("Where is my card?", "card"),
    ("My card is late", "card"),
    ("I want my money back", "refund"),
    ("Please refund this", "refund"),
]
MOODS: Rows = [("I love it, great", "positive"), ("this is terrible, I hate it", "negative"), ("it is a parcel", "neutral")]


def _csv(path: Path, rows: Rows) -> str:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return str(path)


def _questions(path: Path, rows: list[tuple[str, str]]) -> str:
    lines = [{"input": f"What of {text}?", "passages": [{"text": text}], "output": [{"answer": said}]} for text, said in rows]
    path.write_text("\n".join(map(json.dumps, lines)))
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, Any], str]:
    """The figures, and what was said on stderr."""
    call_command("ai_evaluate", *arguments)
    printed = capsys.readouterr()
    return json.loads(printed.out.strip().splitlines()[-1]), printed.err


def _refused(*arguments: str) -> str:
    with pytest.raises(CommandError) as refused:
        call_command("ai_evaluate", *arguments)
    return str(refused.value)


def test_a_test_of_nothing_but_what_is_out_of_scope_has_its_recall(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = _csv(tmp_path / "train.csv", INTENTS)
    test = _csv(tmp_path / "test.csv", [("what is the capital of Peru", "oos"), ("sing a song", "oos")])
    figures, _said = _run(capsys, "--task", "intent", "--train", train, "--test", test, "--oos", "OOS")
    assert (figures["test"], figures["test_out_of_scope"], figures["oos_recall"]) == (2, 2, 1.0)
    assert {figures[name] for name in ("in_scope_accuracy", "oos_auroc", "oos_precision", "oos_f1")} == {None}
    few = _refused("--task", "intent", "--train", train, "--test", test, "--oos", "oos", "--shots", "1")
    assert few.startswith("All test texts are out of scope")


def test_a_training_file_without_an_intent_is_refused(tmp_path: Path) -> None:
    train, test = _csv(tmp_path / "train.csv", [("sing", "oos")]), _csv(tmp_path / "test.csv", [*INTENTS, ("sing", "oos")])
    assert "no row but those out of scope" in _refused("--task", "intent", "--train", train, "--test", test, "--oos", "oos")
    assert "too few to keep a fifth" in _refused("--task", "intent", "--test", train)
    single = _csv(tmp_path / "single.csv", [(f"text number {number}", f"label {number}") for number in range(60)])
    assert "No label has enough rows" in _refused("--task", "intent", "--test", single)


def test_labels_are_known_by_their_names_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("I forgot how to sign in", "forgotten_password"), ("my parcel has not come", "lateDelivery"), ("sing a song", "oos")]
    test = _csv(tmp_path / "test.csv", rows)
    figures, _said = _run(capsys, "--task", "intent", "--test", test, "--shots", "0", "--oos", "oos")
    assert (figures["accuracy"], figures["train"], figures["test"], figures["labels"]) == (1.0, 0, 2, 2)
    many = _csv(tmp_path / "many.csv", [("hello", f"thing {number:03}") for number in range(120)])
    assert _run(capsys, "--task", "intent", "--test", many, "--shots", "0")[0]["labels"] == 120
    numbers = _csv(tmp_path / "numbers.csv", [("hello", "1"), ("bye", "2")])
    assert "have an example or a name that says something" in _refused("--task", "intent", "--test", numbers, "--shots", "0")


def test_labels_in_other_capitals_are_the_same_and_strangers_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train = _csv(tmp_path / "train.csv", INTENTS)
    test = _csv(tmp_path / "test.csv", [(INTENTS[0][0], "CARD"), ("refund me", "Refund"), ("hello", "greeting")])
    figures, said = _run(capsys, "--task", "intent", "--train", train, "--test", test)
    assert (figures["accuracy"], figures["test_seen_in_train"], figures["train_given"]) == (0.66667, 1, 4)
    assert "1 test texts have labels that no training text has, and count as wrong: greeting" in said
    assert "1 of 3 test texts are also training texts" in said
    other = _csv(tmp_path / "other.csv", [("hello", "7")])
    assert "share no label. Train has card, refund; test has 7." in _refused(
        "--task", "intent", "--train", train, "--test", other
    )


@pytest.mark.parametrize(
    "names", [{}, {"positive": "Pos", "negative": "NEG", "neutral": "neu"}, {"positive": "1", "negative": "-1", "neutral": "0"}]
)
def test_moods_are_the_same_by_any_of_their_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: dict[str, str]
) -> None:
    train = _csv(tmp_path / "train.csv", [(f"{text} {number}", label) for text, label in MOODS for number in range(4)])
    test = _csv(tmp_path / "test.csv", [(text, names.get(label, label)) for text, label in MOODS])
    figures, said = _run(capsys, "--task", "sentiment", "--train", train, "--test", test)
    assert (figures["macro_recall"], figures["lexicon_macro_recall"], figures["negative_auroc"]) == (1.0, 1.0, 1.0)
    assert ("-1 negative, 0 neutral, 1 positive" in said) == ("1" in names.values())


def test_moods_that_may_mean_several_things_are_refused(tmp_path: Path) -> None:
    train = _csv(tmp_path / "train.csv", MOODS)
    test = _csv(tmp_path / "test.csv", [("good", "1"), ("bad", "0")])
    assert "cannot be told to be the same moods" in _refused("--task", "sentiment", "--train", train, "--test", test)
    assert "numbers are known as" in _refused("--task", "sentiment", "--test", _csv(tmp_path / "stars.csv", [("good", "5")]))
    other = _csv(tmp_path / "other.csv", [("good", "apple")])
    assert "share no label" in _refused("--task", "sentiment", "--train", train, "--test", other)


def test_a_set_without_positive_texts_is_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    test = _csv(tmp_path / "test.csv", [("awful, I hate it", "negative"), ("I love it", "neutral")])
    assert _run(capsys, "--task", "sentiment", "--test", test)[0]["macro_recall"] == 0.5


def test_a_label_of_minors_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = _csv(tmp_path / "m.csv", [("I am 13", "yes"), ("hello", "no")])
    assert _refused("--task", "minor", "--test", path, "--positive", "nope").startswith("No row has the label nope")


def test_of_texts_without_labels_only_the_flags_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "banking77").mkdir()
    for name in ("train", "test"):
        _csv(tmp_path / "banking77" / f"{name}.csv", [("I am 13 years old", "card"), ("hello", "refund")])
    figures, _said = _run(capsys, "--dataset", "banking77", "--task", "minor", "--data", str(tmp_path))
    assert (figures["test"], figures["flagged"]) == (4, 2)
    assert {"minors", "recall", "others"}.isdisjoint(figures)
    figures, _said = _run(capsys, "--dataset", "banking77", "--task", "pii", "--data", str(tmp_path))
    assert (figures["taken"], figures["precision"], figures["false_redactions"]) == (0, None, 0)


def test_training_questions_without_any_answer_are_refused(tmp_path: Path) -> None:
    text = "The shop opens at nine ."
    train, test = _questions(tmp_path / "a.jsonl", [(text, "")]), _questions(tmp_path / "b.jsonl", [(text, "Nine.")] * 2)
    refused = _refused("--task", "answer", "--train", train, "--test", test)
    assert refused == "No training question has an answer. Add lines whose output has one, or leave --train out."


def test_the_guard_reads_each_question_in_its_own_language(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    passages = [
        ("Der Laden in Berlin ist am Montag und am Dienstag geöffnet .", "Der Laden ist am Montag geöffnet ."),
        ("A loja em Lisboa está aberta na segunda-feira e na terça-feira .", "A loja está aberta na segunda-feira ."),
    ]
    figures, said = _run(capsys, "--task", "guard", "--test", _questions(tmp_path / "a.jsonl", passages), "--shots", "5")
    assert (figures["false_alarms"], figures["tried_negation_added"], figures["caught_negation_added"]) == (0.0, 2, 1.0)
    assert "guard has no use for --shots" in said


def test_an_error_nobody_thought_of_names_the_file_and_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_path: Path, **_options: str) -> Labelled:
        raise KeyError("I am Ana Lima")

    monkeypatch.setattr(runs, "read_labelled", broken)
    refused = _refused("--task", "minor", "--test", str(tmp_path / "people.csv"))
    assert "people.csv cannot be measured: KeyError in test_odd_files.py, line" in refused
    assert "half of the file" in refused
    assert "Ana" not in refused


def test_a_named_set_is_measured_with_all_texts_and_with_few(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "banking77").mkdir()
    for name in ("train", "test"):
        _csv(tmp_path / "banking77" / f"{name}.csv", INTENTS)
    figures, _said = _run(capsys, "--dataset", "banking77", "--data", str(tmp_path))
    assert (figures["train"], figures["accuracy"], figures["shots_5_accuracy"], len(figures["shots_10_accuracies"])) == (
        4,
        1,
        1,
        5,
    )
    assert {"shots", "draws"}.isdisjoint(figures)


def test_more_training_texts_than_can_be_learned_from_are_drawn_from_every_label(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = Labelled(tuple(map(str, range(100))), ("common",) * 96 + ("rare",) * 3 + ("single",))
    assert parts.bounded(rows) is rows
    monkeypatch.setattr(parts, "MOST_TEXTS", 10)
    first = parts.bounded(rows)
    assert {label: first.labels.count(label) for label in set(first.labels)} == {"common": 6, "rare": 3, "single": 1}
    assert parts.bounded(rows) == first
    assert "100 training texts are more than can be learned from here: 10" in capsys.readouterr().err


def test_a_long_test_part_is_read_in_chunks_and_in_order(monkeypatch: pytest.MonkeyPatch, light: LightEmbedders) -> None:
    monkeypatch.setattr("ai.evaluation.reading._CHUNK", 3)
    rows = Labelled(tuple(f"text {number}" for number in range(7)), tuple(map(str, range(7))))
    chunks = list(in_chunks(light, rows, has_english=True))
    assert [chunk.labels for chunk in chunks] == [("0", "1", "2"), ("3", "4", "5"), ("6",)]
    assert all(len(vectors) == len(chunk) for chunk in chunks for vectors in chunk.vectors.values())
