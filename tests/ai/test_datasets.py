"""Files of others: read as they are, refused with a line and a way out."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from ai.evaluation.datasets import Labelled, Span, folder, kind_of_lines, read_labelled, read_marked, read_questions
from ai.evaluation.files import DatasetError


def _file(tmp_path: Path, content: str | bytes, name: str = "set.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_quoted_commas_line_breaks_and_any_script_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path, '\ufefftext,label\r\n"one, two\nthree",größe\r\n"say ""no""",否\r\n\r\n,empty\r\n')
    assert read_labelled(path) == Labelled(("one, two\nthree", 'say "no"', ""), ("größe", "否", "empty"))


def test_other_names_of_columns_and_tabs_are_known(tmp_path: Path) -> None:
    assert read_labelled(_file(tmp_path, "id,category,utterance\n1,a,hello\n")) == Labelled(("hello",), ("a",))
    assert read_labelled(_file(tmp_path, "tweet\tsentiment\nhi, you\tpositive\n", "set.tsv")) == Labelled(
        ("hi, you",), ("positive",)
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "set.csv is empty: it needs a header line text,label and rows below it."),
        ("text,label\n", "set.csv has a header and no rows."),
        (
            "hello,greeting\nbye,end\n",
            "set.csv, line 1: no column is called text (found: hello, greeting). The header must be text,label.",
        ),
        (
            "text,label\na,b\nhello, you,c\n",
            "set.csv, line 3: 3 columns, the header has 2. Put texts with commas in double quotes.",
        ),
        (
            "text,label\na,\n",
            "set.csv, line 2: has no label. Every row needs one; messages outside all labels take the one named by --oos.",
        ),
        (b"text,label\n\xff\xfe,a\n", "set.csv is not UTF-8. Save it as UTF-8 and try again."),
    ],
)
def test_a_bad_csv_says_where_and_what_to_do(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(DatasetError) as refused:
        read_labelled(_file(tmp_path, content))
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "line 1: is not JSON"),
        ("[]", "line 1: is not a JSON object."),
        ('{"text": "hi"}', "line 1: needs a text and a list called spans"),
        ('{"text": "hi", "spans": [{"start": 0}]}', "line 1: has a span without start, end (numbers) and type."),
        (
            '{"text": "hi", "spans": [{"start": 0, "end": 9, "type": "X"}]}',
            "line 1: has a span 0 to 9 outside its text of 2 characters.",
        ),
        ('{"text": "hi", "spans": [{"start": 1e999, "end": 2, "type": "X"}]}', "line 1: has a span without start, end (numbers)"),
        ('{"text": "hi", "spans": [{"start": 0.5, "end": 2, "type": "X"}]}', "line 1: has a span without start, end (numbers)"),
        ('{"text": "hi", "spans": [5]}', "line 1: has a span without start, end (numbers) and type."),
        ('{"text": "hi", "spans": [{"start": 1, "end": 1, "type": "X"}]}', "line 1: has an empty span at 1"),
        ("[" * 200_000, "line 1: is nested too deep"),
        ('{"text": "hi", "spans": [], "id": ' + "9" * 5_000 + "}", "line 1: is nested too deep or has a number that is too long"),
    ],
)
def test_a_bad_line_of_spans_says_where_and_what_to_do(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DatasetError) as refused:
        read_marked(_file(tmp_path, line + "\n", "set.jsonl"))
    assert str(refused.value).startswith(f"set.jsonl, {message}")


def test_spans_that_overlap_are_judged_alone_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spans = [[0, 3, "X"], {"start": "2", "end": 4.0, "label": "Y"}, {"start": 0, "end": 3, "type": "X"}]
    (found,) = read_marked(_file(tmp_path, json.dumps({"text": "hello", "spans": spans}), "set.jsonl"))
    assert found.spans == (Span(0, 3, "X"), Span(2, 4, "Y"))
    assert capsys.readouterr().err == "ai_evaluate: set.jsonl: 1 spans overlap another; each is judged alone\n"


def test_half_a_character_is_replaced_and_offsets_stay(tmp_path: Path) -> None:
    (found,) = read_marked(_file(tmp_path, '{"text": "a\\ud800bc", "spans": [[2, 4, "X"]]}', "set.jsonl"))
    assert found.text[2:4] == "bc"
    assert found.text.encode()


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ('"passages": [{"text": "T"}], "output": [{"answer": 5}]', "has an answer that is no text"),
        ('"passages": [{"text": "T"}], "output": [{"answer": "a", "selected_sentences": [null]}]', "has selected_sentences that"),
        (
            '"passages": [{"text": "T"}], "output": [{"answer": "a", "selected_sentences": 5}]',
            "has selected_sentences that are no",
        ),
        ('"passages": [{"text": "T", "sentences": 7}]', "has sentences that are no list of texts"),
        ('"passages": [{"text": 7}]', "has a passage without text"),
        ('"passages": [{"text": "T"}], "output": 5', "needs input"),
    ],
)
def test_a_question_of_other_types_says_where_and_what_to_do(tmp_path: Path, part: str, message: str) -> None:
    with pytest.raises(DatasetError) as refused:
        read_questions(_file(tmp_path, '{"input": "when?", ' + part + "}\n", "set.jsonl"))
    assert str(refused.value).startswith(f"set.jsonl, line 1: {message}")


def test_only_the_first_of_several_passages_is_looked_at_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = '{"input": "when?", "passages": [{"text": "A", "title": null}, {"text": "B"}], "output": null}'
    (found,) = read_questions(_file(tmp_path, line, "set.jsonl"))
    assert (found.passage, found.title, found.answers) == ("A", "", ())
    assert "1 questions have several passages; the first of each is looked at" in capsys.readouterr().err


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_columns_stand_apart_as_the_header_has_them(tmp_path: Path, mark: str) -> None:
    content = f'Label{mark} TEXT {mark}id\na{mark}"one{mark} two\nthree"{mark}7\nb{mark}four{mark}8{mark}{mark}\n'
    assert read_labelled(_file(tmp_path, content)) == Labelled((f"one{mark} two\nthree", "four"), ("a", "b"))


def test_of_several_label_columns_the_tasks_own_is_read(tmp_path: Path) -> None:
    path = _file(tmp_path, "text,label,label_text,sentiment,language\nhi,3,greeting,positive,en\n")
    read = {task: read_labelled(path, task=task).labels for task in ("", "intent", "sentiment", "language")}
    assert read == {"": ("greeting",), "intent": ("greeting",), "sentiment": ("positive",), "language": ("en",)}


def test_labelled_lines_of_json_are_read(tmp_path: Path) -> None:
    path = _file(tmp_path, '{"text": "hi", "label": 3}\n\n{"label": true, "text": null}\n', "set.jsonl")
    assert read_labelled(path) == Labelled(("hi", ""), ("3", "true"))
    assert kind_of_lines(path) == "labels"
    with pytest.raises(DatasetError, match=r"set\.jsonl, line 1: no column is called label \(found: text\)"):
        read_labelled(_file(tmp_path, '{"text": "hi"}\n', "set.jsonl"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_encodings_with_a_mark_are_read(tmp_path: Path, encoding: str) -> None:
    assert read_labelled(_file(tmp_path, "text,label\nolá,größe\n".encode(encoding))) == Labelled(("olá",), ("größe",))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("text,label\nolá,a\n".encode("latin-1"), "set.csv is not UTF-8."),
        ("text,label\nhi,a\n".encode("utf-16-le"), "set.csv is not UTF-8 (it looks like UTF-16 without a mark)."),
        ("text,label\nhi,a\n".encode("utf-16")[:-1], "set.csv is damaged."),
        (gzip.compress(b"text,label\nhi,a\n"), "set.csv is a gzip file, not text."),
        (b"PK\x03\x04rest", "set.csv is a ZIP archive or a spreadsheet, not text."),
    ],
)
def test_what_is_no_text_is_named_with_a_way_out(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(DatasetError) as refused:
        read_labelled(_file(tmp_path, content))
    assert str(refused.value).startswith(message)
    assert "try again" in str(refused.value)


@pytest.mark.parametrize("read", [read_labelled, read_marked, read_questions, kind_of_lines])
def test_a_file_without_lines_is_refused(tmp_path: Path, read: Callable[[Path], object]) -> None:
    with pytest.raises(DatasetError, match=r"^set\.jsonl is empty"):
        read(_file(tmp_path, "\n\n", "set.jsonl"))


def test_questions_are_read_with_and_without_answers(tmp_path: Path) -> None:
    lines = (
        '{"input": "when?", "passages": [{"title": "T", "text": "It was in 1998 . More .", "sentences": []}], '
        '"output": [{"answer": "In 1998.", "selected_sentences": ["It was in 1998 ."]}]}\n\n'
        '{"input": "who?", "passages": [{"text": "Nobody ."}], "output": [{"answer": "", "selected_sentences": []}]}\n'
    )
    path = _file(tmp_path, lines, "set.jsonl")
    first, second = read_questions(path)
    assert (first.is_answerable, first.selected, first.title) == (True, ("It was in 1998 .",), "T")
    assert (second.is_answerable, second.answers, second.title) == (False, (), "")
    assert kind_of_lines(path) == "questions"


def test_questions_without_a_passage_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="line 1: needs input"):
        read_questions(_file(tmp_path, '{"input": "when?", "passages": []}\n', "set.jsonl"))
    with pytest.raises(DatasetError, match="neither spans nor passages"):
        kind_of_lines(_file(tmp_path, "{}\n", "set.jsonl"))


def test_a_folder_or_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="--data DIR"):
        folder("")
    with pytest.raises(DatasetError, match="is no folder"):
        folder(str(tmp_path / "none"))
    with pytest.raises(DatasetError, match="cannot be read: No such file"):
        read_labelled(tmp_path / "none.csv")
