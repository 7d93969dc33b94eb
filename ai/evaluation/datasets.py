"""Reading labelled sets from files; whatever is wrong with one is said with its line and what to do."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

#: Column names of public sets, by what they mean to us.
_TEXT = ("text", "utterance", "message", "sentence", "query", "tweet", "content", "question")
_LABEL = ("label", "category", "intent", "sentiment", "language", "lang", "class", "topic", "labels")


class DatasetError(Exception):
    """A file cannot be read as asked; the message is for the person who gave it."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts and their labels, of equal length, in the file's order."""

    texts: tuple[str, ...]
    labels: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.texts)

    def only(self, label: str) -> "Labelled":
        return self._where(lambda found: found == label)

    def without(self, label: str) -> "Labelled":
        return self._where(lambda found: found != label)

    def take(self, rows: Sequence[int]) -> "Labelled":
        return Labelled(tuple(self.texts[row] for row in rows), tuple(self.labels[row] for row in rows))

    def _where(self, chosen: Any) -> "Labelled":
        return self.take([row for row, label in enumerate(self.labels) if chosen(label)])


@dataclass(frozen=True, slots=True)
class Span:
    """Characters ``start`` to ``end`` are personal data of ``type``."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, slots=True)
class Marked:
    text: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, the passage it was asked about, and what people answered from it: nothing when it has no answer."""

    question: str
    title: str
    passage: str
    sentences: tuple[str, ...]
    answers: tuple[str, ...]
    selected: tuple[str, ...]

    @property
    def is_answerable(self) -> bool:
        return bool(self.answers)


def folder(given: str) -> Path:
    """The folder of the named sets. Raises :class:`DatasetError` when it was not given or is not there."""
    if not given:
        raise DatasetError(
            "Say where the named sets are: --data DIR, or CHATZEE_AI_DATA in the environment. DIR holds banking77/ and clapnq/."
        )
    path = Path(given)
    if not path.is_dir():
        raise DatasetError(f"{path} is no folder. --data takes the folder that holds banking77/ and clapnq/.")
    return path


def read_labelled(path: Path) -> Labelled:
    """A CSV file (or TSV, by its ending) whose header names a text and a label column."""
    with _reading(path) as lines:
        rows = csv.reader(lines, delimiter="\t" if path.suffix == ".tsv" else ",")
        try:
            header = next(rows, None)
            if header is None:
                raise DatasetError(f"{path.name} is empty: it needs a header line text,label and rows below it.")
            text, label = _column(path, header, _TEXT, "text"), _column(path, header, _LABEL, "label")
            found = [(row[text], _filled(path, rows.line_num, row[label])) for row in _whole_rows(path, rows, header)]
        except csv.Error as error:
            raise DatasetError(
                f"{path.name}, line {rows.line_num}: {error}. Put texts with commas or line breaks in double quotes."
            ) from error
    if not found:
        raise DatasetError(f"{path.name} has a header and no rows.")
    return Labelled(tuple(text for text, _label in found), tuple(label for _text, label in found))


def read_marked(path: Path) -> list[Marked]:
    """JSONL of ``{"text": …, "spans": [{"start": 0, "end": 4, "type": "EMAIL"}]}``; offsets count characters."""
    return [_marked(path, number, row) for number, row in _objects(path)]


def read_questions(path: Path) -> list[Question]:
    """JSONL in CLAPNQ's shape: ``input``, ``passages[0]`` with title, text, sentences; ``output`` with the answers."""
    return [_question(path, number, row) for number, row in _objects(path)]


def kind_of_lines(path: Path) -> Literal["spans", "questions"]:
    """What a JSONL file holds, by its first line."""
    for number, row in _objects(path):
        if "passages" in row:
            return "questions"
        if "spans" in row:
            return "spans"
        raise _wrong(path, number, "has neither spans nor passages. Each line is {text, spans} or has CLAPNQ's shape.")
    raise DatasetError(f"{path.name} is empty.")


@contextmanager
def _reading(path: Path) -> Iterator[Iterator[str]]:
    """The lines of a text file, whose errors name the file."""
    try:
        file = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from error
    csv.field_size_limit(2**24)
    with file:
        try:
            yield file
        except UnicodeDecodeError as error:
            raise DatasetError(f"{path.name} is not UTF-8. Save it as UTF-8 and try again.") from error


def _column(path: Path, header: Sequence[str], names: Sequence[str], wanted: str) -> int:
    lower = [name.strip().lower() for name in header]
    for name in names:
        if name in lower:
            return lower.index(name)
    shown = ", ".join(name[:30] for name in header[:6])
    raise DatasetError(f"{path.name}, line 1: no column is called {wanted} (found: {shown}). The header must be text,label.")


def _whole_rows(path: Path, rows: Any, header: Sequence[str]) -> Iterator[list[str]]:
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            raise DatasetError(
                f"{path.name}, line {rows.line_num}: {len(row)} columns, the header has {len(header)}. "
                "Put texts with commas in double quotes."
            )
        yield row


def _filled(path: Path, line: int, label: str) -> str:
    if not label.strip():
        raise _wrong(path, line, "has no label. Every row needs one; messages outside all labels take the one named by --oos.")
    return label.strip()


def _objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with _reading(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise _wrong(path, number, f"is not JSON ({error.msg}). Each line is one JSON object.") from error
            if not isinstance(row, dict):
                raise _wrong(path, number, "is not a JSON object.")
            yield number, row


def _marked(path: Path, number: int, row: Mapping[str, Any]) -> Marked:
    text, spans = row.get("text"), row.get("spans")
    if not isinstance(text, str) or not isinstance(spans, list):
        raise _wrong(path, number, "needs a text and a list called spans (empty where there is nothing to find).")
    found = []
    for span in spans:
        try:
            one = Span(int(span["start"]), int(span["end"]), str(span["type"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _wrong(path, number, "has a span without start, end (numbers) and type.") from error
        if not 0 <= one.start < one.end <= len(text):
            raise _wrong(path, number, f"has a span {one.start} to {one.end} outside its text of {len(text)} characters.")
        found.append(one)
    ordered = sorted(found, key=lambda one: one.start)
    if any(second.start < first.end for first, second in pairwise(ordered)):
        raise _wrong(path, number, "has spans that overlap. Keep one of them.")
    return Marked(text, tuple(ordered))


def _question(path: Path, number: int, row: Mapping[str, Any]) -> Question:
    passages, outputs = row.get("passages"), row.get("output", [])
    if not isinstance(row.get("input"), str) or not isinstance(passages, list) or not passages or not isinstance(outputs, list):
        raise _wrong(path, number, "needs input (the question), passages (at least one) and output (a list).")
    passage = passages[0]
    if not isinstance(passage, dict) or not isinstance(passage.get("text"), str):
        raise _wrong(path, number, "has a passage without text.")
    answers = tuple(one["answer"] for one in outputs if isinstance(one, dict) and one.get("answer"))
    selected = tuple(
        sentence
        for one in outputs
        if isinstance(one, dict) and one.get("answer")
        for sentence in one.get("selected_sentences") or ()
    )
    question = Question(row["input"], str(passage.get("title", "")), passage["text"], (), answers, tuple(dict.fromkeys(selected)))
    return replace(question, sentences=tuple(passage.get("sentences") or ()))


def _wrong(path: Path, line: int, problem: str) -> DatasetError:
    return DatasetError(f"{path.name}, line {line}: {problem}")
