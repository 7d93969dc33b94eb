"""Labelled sets, marked texts and questions with passages, as files of others hold them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from ai.evaluation.files import DatasetError, is_json_lines, objects, table, whole, wrong
from ai.evaluation.report import tell

#: Names of columns in public sets, by what they mean to us; the first that is there counts.
_TEXT = (
    "text", "utterance", "message", "sentence", "query", "tweet", "content", "question", "texts", "body", "review", "comment",
    "phrase", "input", "instruction", "prompt", "customer_message", "full_text",
)  # fmt: skip
_LABEL = (
    "label_text", "label", "category", "intent", "sentiment", "language", "lang", "class", "topic", "labels", "target",
    "class_name", "tag", "label_name", "polarity", "emotion", "mood", "minor", "is_minor",
)  # fmt: skip
#: Which column a task means where a file has several.
_OWN = {
    "intent": ("intent",),
    "sentiment": ("sentiment", "polarity", "mood"),
    "language": ("language", "lang"),
    "minor": ("is_minor", "minor"),
}
#: Names of the parts of a marked span in public sets.
_START = ("start", "start_position", "start_offset", "begin")
_END = ("end", "end_position", "end_offset", "stop")
_TYPE = ("type", "entity_type", "label", "entity", "tag", "kind", "category")


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

    def _where(self, chosen: Callable[[str], bool]) -> "Labelled":
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


def read_labelled(path: Path, *, task: str = "") -> Labelled:
    """A CSV file whose header names a text and a label column, or JSONL whose objects do. ``task`` tells which column is meant
    where there are several. Raises :class:`DatasetError`."""
    texts, labels = [], []
    for line, text, label in _pairs(path, (*_OWN.get(task, ()), *_LABEL)):
        if not label.strip():
            problem = "has no label. Every row needs one; messages outside all labels take the one named by --oos."
            raise wrong(path, line, problem)
        texts.append(text)
        labels.append(label.strip())
    if not texts:
        raise DatasetError(f"{path.name} {'is empty' if is_json_lines(path) else 'has a header and no rows'}.")
    return Labelled(tuple(texts), tuple(labels))


def read_marked(path: Path) -> list[Marked]:
    """JSONL of ``{"text": …, "spans": [{"start": 0, "end": 4, "type": "EMAIL"}]}``; offsets count characters. Spans may overlap;
    one that is there twice counts once. Raises :class:`DatasetError`, for a file without lines too."""
    found = [_marked(path, number, row) for number, row in objects(path)]
    if not found:
        raise DatasetError(f"{path.name} is empty: each line is {{text, spans}}.")
    overlapping = sum(second.start < first.end for one in found for first, second in pairwise(one.spans))
    if overlapping:
        tell(f"{path.name}: {overlapping:,} spans overlap another; each is judged alone")
    return found


def read_questions(path: Path) -> list[Question]:
    """JSONL in CLAPNQ's shape: ``input``, ``passages[0]`` with title, text, sentences; ``output`` with the answers."""
    found = [(_question(path, number, row), len(row["passages"])) for number, row in objects(path)]
    if not found:
        raise DatasetError(f"{path.name} is empty: each line is a question with its passage, in CLAPNQ's shape.")
    more = sum(count > 1 for _question, count in found)
    if more:
        tell(f"{path.name}: {more:,} questions have several passages; the first of each is looked at")
    return [question for question, _count in found]


def kind_of_lines(path: Path) -> Literal["spans", "questions", "labels"]:
    """What a JSONL file holds, by its first line."""
    for number, row in objects(path):
        if "passages" in row:
            return "questions"
        if "spans" in row:
            return "spans"
        if _known(row, _TEXT) and _known(row, _LABEL):
            return "labels"
        raise wrong(path, number, "has neither spans nor passages. Each line is {text, spans} or has CLAPNQ's shape.")
    raise DatasetError(f"{path.name} is empty.")


def _pairs(path: Path, labels: Sequence[str]) -> Iterator[tuple[int, str, str]]:
    """Lines with their text and label."""
    if is_json_lines(path):
        for line, row in objects(path):
            yield (
                line,
                _text(row.get(_column(path, line, list(row), _TEXT, "text"))),
                _text(row.get(_column(path, line, list(row), labels, "label"))),
            )
        return
    rows = table(path)
    _line, header = next(rows)
    text, label = header.index(_column(path, 1, header, _TEXT, "text")), header.index(_column(path, 1, header, labels, "label"))
    for line, cells in rows:
        yield line, cells[text], cells[label]


def _column(path: Path, line: int, header: Sequence[str], names: Sequence[str], wanted: str) -> str:
    found = _known(header, names)
    if found is not None:
        return found
    shown = ", ".join(name[:30] for name in header[:6])
    raise wrong(path, line, f"no column is called {wanted} (found: {shown}). The header must be text,label.")


def _known(header: Iterable[str], names: Sequence[str]) -> str | None:
    """The column with the first of the names that is there, in any case."""
    lower = {name.strip().casefold(): name for name in reversed(list(header))}
    return next((lower[name] for name in names if name in lower), None)


def _text(value: object) -> str:
    """A JSON value as CSV would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else whole(str(value))


def _marked(path: Path, number: int, row: Mapping[str, Any]) -> Marked:
    text, spans = row.get("text"), row.get("spans")
    if not isinstance(text, str) or not isinstance(spans, list):
        raise wrong(path, number, "needs a text and a list called spans (empty where there is nothing to find).")
    found = {_span(path, number, span, len(text)) for span in spans}
    return Marked(whole(text), tuple(sorted(found, key=lambda one: (one.start, one.end, one.type))))


def _span(path: Path, number: int, given: object, length: int) -> Span:
    """An object, or a list of start, end and type."""
    if isinstance(given, list) and len(given) == 3:
        given = dict(zip(("start", "end", "type"), given, strict=True))
    try:
        assert isinstance(given, dict)
        start, end, kind = (given[_known(given, names)] for names in (_START, _END, _TYPE))
        one = Span(_offset(start), _offset(end), whole(str(kind)))
    except (AssertionError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise wrong(path, number, "has a span without start, end (numbers) and type.") from error
    if one.start == one.end:
        raise wrong(path, number, f"has an empty span at {one.start}: end is the place behind its last character.")
    if not 0 <= one.start < one.end <= length:
        raise wrong(path, number, f"has a span {one.start} to {one.end} outside its text of {length} characters.")
    return one


def _offset(value: Any) -> int:
    """A whole number, also as 11.0 or "11". Raises ValueError, TypeError and OverflowError for others."""
    found = int(value)
    if isinstance(value, float) and found != value:
        raise ValueError
    return found


def _question(path: Path, number: int, row: Mapping[str, Any]) -> Question:
    passages, outputs = row.get("passages"), row.get("output") or []
    if not isinstance(row.get("input"), str) or not isinstance(passages, list) or not passages or not isinstance(outputs, list):
        raise wrong(path, number, "needs input (the question), passages (at least one) and output (a list).")
    passage = passages[0]
    if not isinstance(passage, dict) or not isinstance(passage.get("text"), str):
        raise wrong(path, number, "has a passage without text.")
    answered = [one for one in outputs if isinstance(one, dict) and one.get("answer")]
    if not all(isinstance(one["answer"], str) for one in answered):
        raise wrong(path, number, 'has an answer that is no text. Put it in quotes; "" where there is none.')
    chosen = [text for one in answered for text in _texts(path, number, one, "selected_sentences")]
    return Question(
        question=whole(row["input"]),
        title=_text(passage.get("title")),
        passage=whole(passage["text"]),
        sentences=_texts(path, number, passage, "sentences"),
        answers=tuple(answer for one in answered if (answer := whole(one["answer"]).strip())),
        selected=tuple(dict.fromkeys(chosen)),
    )


def _texts(path: Path, number: int, holder: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """A list of texts, or one text; none where there is nothing. Raises :class:`DatasetError` for anything else."""
    given = holder.get(name) or []
    found = [given] if isinstance(given, str) else given
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise wrong(path, number, f"has {name} that are no list of texts. Leave them out, or write each in quotes.")
    return tuple(whole(one) for one in found if one.strip())
