"""`manage.py ai_evaluate` from files to the last line."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[2]
ROWS = {
    "card": (
        "When will my card arrive?",
        "My new card is not here",
        "I wait for my card",
        "the card you sent is late",
        "card still missing",
    ),
    "refund": (
        "I want my money back",
        "Please refund this",
        "How do I get a refund?",
        "refund my purchase",
        "give the money back",
    ),
    "password": (
        "I forgot my password",
        "reset my password",
        "change the password?",
        "password does not work",
        "lost my password",
    ),
}


def _csv(path: Path, rows: list[tuple[str, str]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label"))
        writer.writerows(rows)
    return str(path)


def _run(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    call_command("ai_evaluate", *arguments)
    printed = capsys.readouterr()
    lines = printed.out.strip().splitlines()
    figures: dict[str, Any] = json.loads(lines[-1])
    assert not any(line.startswith("{") for line in lines[:-1])
    return figures


def _intents(tmp_path: Path) -> tuple[str, str]:
    train = _csv(tmp_path / "train.csv", [(text, label) for label, texts in ROWS.items() for text in texts[:4]])
    return train, _csv(tmp_path / "test.csv", [(texts[4], label) for label, texts in ROWS.items()])


def test_intents_are_learned_and_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = _intents(tmp_path)
    figures = _run(capsys, "--task", "intent", "--train", train, "--test", test)
    assert (figures["task"], figures["dataset"], figures["train"], figures["test"], figures["labels"]) == (
        "intent",
        "test.csv",
        12,
        3,
        3,
    )
    assert figures["accuracy"] == 1.0


def test_few_shots_are_drawn_the_same_at_every_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, test = _intents(tmp_path)
    figures = [_run(capsys, "--train", train, "--test", test, "--shots", "1") for _run_number in range(2)]
    assert figures[0]["accuracies"] == figures[1]["accuracies"]
    assert len(figures[0]["accuracies"]) == 5


def test_messages_out_of_scope_are_counted_apart(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train, _test = _intents(tmp_path)
    test = _csv(
        tmp_path / "oos.csv", [("my card is missing", "card"), ("what is the capital of Peru", "other"), ("sing a song", "other")]
    )
    figures = _run(capsys, "--task", "intent", "--train", train, "--test", test, "--oos", "other")
    assert figures["in_scope_accuracy_without_gate"] == 1.0
    assert figures["test_out_of_scope"] == 2
    assert figures["oos_auroc"] == 1.0


def test_moods_are_measured_with_and_without_learning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("I love it, great", "positive"), ("this is terrible, I hate it", "negative"), ("it is a parcel", "neutral")]
    test = _csv(tmp_path / "test.csv", rows)
    assert _run(capsys, "--task", "sentiment", "--test", test)["macro_recall"] == 1.0
    train = _csv(tmp_path / "train.csv", [(f"{text} {number}", label) for text, label in rows for number in range(4)])
    figures = _run(capsys, "--task", "sentiment", "--test", test, "--train", train)
    assert (figures["lexicon_macro_recall"], figures["macro_recall"], figures["negative_auroc"]) == (1.0, 1.0, 1.0)


def test_languages_and_minors_need_no_training(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [("Where is my order now?", "en"), ("Onde está a minha encomenda?", "pt-BR"), ("Wo ist meine Bestellung?", "deu")]
    assert _run(capsys, "--task", "language", "--test", _csv(tmp_path / "l.csv", rows))["accuracy"] == 1.0
    rows = [("I'm 15, can I pay?", "minor"), ("I'm 35", "other"), ("a text", "other")]
    figures = _run(capsys, "--task", "minor", "--test", _csv(tmp_path / "m.csv", rows))
    assert (figures["recall"], figures["false_flags"], figures["others"]) == (1.0, 0, 2)


def test_personal_data_are_counted_by_type(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "pii.jsonl"
    spans = [{"start": 3, "end": 11, "type": "EMAIL_ADDRESS"}, {"start": 15, "end": 21, "type": "STREET"}]
    path.write_text(
        json.dumps({"text": "at a.b@c.de or Elmway", "spans": spans}) + "\n" + json.dumps({"text": "c@d.de", "spans": []})
    )
    figures = _run(capsys, "--dataset", str(path))
    assert figures["task"] == "pii"
    assert (figures["structured_recall"], figures["recall"]) == (1.0, 0.5)
    assert (figures["false_redactions"], figures["false_redaction_share"], figures["restored_share"]) == (1, 0.5, 1.0)


def test_answers_and_the_guard_are_measured(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = {
        "Lisbon": "The shop in Lisbon was founded in 1998 by Anna Berg . It sells lamps and chairs .",
        "Refunds": "You can return goods within 30 days of purchase . Money is sent back within 5 days .",
        "Delivery": "Delivery to Canada takes 12 days by ship . Parcels leave the store on Monday .",
    }
    lines = []
    for title, text in facts.items():
        first = text.split(" . ")[0] + " ."
        passage = {"title": title, "text": text, "sentences": [first]}
        asked = f"What about {title.lower()}: {' '.join(first.split()[:4])}?"
        lines.append({"input": asked, "passages": [passage], "output": [{"answer": first, "selected_sentences": [first]}]})
    lines.append({"input": "Who is king of Sweden?", "passages": [lines[0]["passages"][0]], "output": [{"answer": ""}]})
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, lines)))
    figures = _run(capsys, "--dataset", str(path))
    assert (figures["task"], figures["hit_at_1"], figures["verbatim"], figures["quotes_hold_gold"]) == ("answer", 1.0, 1.0, 1.0)
    assert figures["default_gate_auroc_removed"] == 1.0
    figures = _run(capsys, "--task", "guard", "--test", str(path))
    assert (figures["false_alarms"], figures["caught_number_changed"], figures["caught_other_article"]) == (0.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "Nothing to measure on: give --test FILE"),
        (("--dataset", "banking77", "--data", ""), "--data DIR, or CHATZEE_AI_DATA"),
        (("--task", "intent", "--test", "none.csv"), "none.csv cannot be read: No such file or directory."),
        (("--dataset", "banking77", "--task", "guard", "--data", "."), "cannot be read"),
        (("--shots", "-1", "--test", "none.csv"), "--shots takes how many training texts"),
    ],
)
def test_what_is_missing_is_said(arguments: tuple[str, ...], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CHATZEE_AI_DATA", raising=False)
    with pytest.raises(CommandError, match=message):
        call_command("ai_evaluate", *arguments)


def test_labels_that_cannot_be_measured_are_named(tmp_path: Path) -> None:
    path = _csv(tmp_path / "a.csv", [("one", "apple"), ("two", "pear")])
    for task, message in (
        ("sentiment", "No label is a mood's name"),
        ("language", "Use ISO 639 codes"),
        ("minor", "name it with --positive"),
    ):
        with pytest.raises(CommandError, match=message):
            call_command("ai_evaluate", "--task", task, "--test", path)
    with pytest.raises(CommandError, match="No row has the label oos that --oos names"):
        call_command("ai_evaluate", "--task", "intent", "--train", path, "--test", path, "--oos", "oos")
    single = _csv(tmp_path / "b.csv", [("one", "apple"), ("two", "apple")])
    with pytest.raises(CommandError, match="1 given, 2 are the fewest"):
        call_command("ai_evaluate", "--task", "intent", "--train", single, "--test", path)


def test_it_runs_where_nothing_is_set_up(tmp_path: Path) -> None:
    path = _csv(tmp_path / "größe.csv", [("Where is my order now?", "en"), ("Wo ist meine Bestellung?", "de")])
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("CHATZEE_", "DJANGO_"))}
    bare["PYTHONIOENCODING"] = "ascii"
    command = [sys.executable, "manage.py", "ai_evaluate", "--task", "language", "--test", path]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=bare, timeout=60)  # noqa: S603  # ours
    figures = json.loads(done.stdout.strip().splitlines()[-1])
    assert (figures["accuracy"], figures["dataset"]) == (1.0, "gr??e.csv")
