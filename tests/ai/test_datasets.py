"""Files of others: read as they are, refused with a line and a way out."""

from pathlib import Path

import pytest

from ai.evaluation.datasets import DatasetError, Labelled, folder, kind_of_lines, read_labelled, read_marked, read_questions


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
        (
            '{"text": "hello", "spans": [{"start": 0, "end": 3, "type": "X"}, {"start": 2, "end": 4, "type": "X"}]}',
            "line 1: has spans that overlap. Keep one of them.",
        ),
    ],
)
def test_a_bad_line_of_spans_says_where_and_what_to_do(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DatasetError) as refused:
        read_marked(_file(tmp_path, line + "\n", "set.jsonl"))
    assert str(refused.value).startswith(f"set.jsonl, {message}")


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
