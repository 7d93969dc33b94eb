"""Files of others as lines, tables and JSON objects; whatever is wrong with one is said with its line and what to do."""

import csv
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

#: How files begin that hold no text as it is.
_PACKED = {
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ": "an xz file",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "an Excel file",
    b"PAR1": "a Parquet file",
    b"%PDF": "a PDF file",
}
#: Encodings that a file names in its first bytes.
_MARKS = {b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
#: What stands between columns; of equals the first.
_DELIMITERS = ",;\t|"
_LARGEST_FIELD = 2**24
_LONGEST_HEADER = 10_000
#: Half a character: JSON can name one, nothing can store it.
_HALF = re.compile("[\ud800-\udfff]")


class DatasetError(Exception):
    """A file cannot be read or measured as asked; the message is for the person who gave it, and holds no row's text."""


def wrong(path: Path, line: int, problem: str) -> DatasetError:
    return DatasetError(f"{path.name}, line {line}: {problem}")


def whole(text: str) -> str:
    """The text with each half of a character replaced by one sign: as long as before, so that offsets stay."""
    return _HALF.sub("\ufffd", text)


def is_json_lines(path: Path) -> bool:
    """By the file's ending: CSV may begin with anything."""
    return path.suffix.lower() in (".jsonl", ".json", ".ndjson")


def table(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV file with their lines, the header first. Columns stand apart by comma, semicolon, tab or bar, as the
    header has them; each row has as many as the header, and empty lines are passed over."""
    csv.field_size_limit(_LARGEST_FIELD)
    with _reading(path) as lines:
        first = lines.readline()
        rows = csv.reader(chain([first], lines), delimiter=_delimiter(first[:_LONGEST_HEADER]))
        try:
            header = next(rows, [])
            if not header:
                raise DatasetError(f"{path.name} is empty: it needs a header line text,label and rows below it.")
            yield 1, header
            for row in rows:
                if row:
                    yield rows.line_num, _as_wide(path, rows.line_num, row, len(header))
        except csv.Error as error:
            raise wrong(path, rows.line_num, f"{error}. Put texts with commas or line breaks in double quotes.") from error


def objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The objects of a JSONL file with their lines; empty lines are passed over."""
    with _reading(path) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise wrong(path, number, f"is not JSON ({error.msg}). Each line is one JSON object.") from error
            except (RecursionError, ValueError) as error:
                raise wrong(path, number, "is nested too deep or has a number that is too long. Take the line out.") from error
            if not isinstance(row, dict):
                raise wrong(path, number, "is not a JSON object. Write one object a line (jq -c '.[]' makes that of a list).")
            yield number, row


@contextmanager
def _reading(path: Path) -> Iterator[TextIO]:
    """A text file whose errors name it. Pipes can be read too, once."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise DatasetError(f"{path} cannot be read: {error.strerror}.") from error
    with raw:
        encoding = _encoding(path, raw.peek(8))
        try:
            yield TextIOWrapper(raw, encoding=encoding, newline="")
        except OSError as error:
            raise DatasetError(f"{path} cannot be read: {error.strerror}.") from error
        except UnicodeError as error:
            is_marked = encoding != "utf-8-sig"
            problem = "is damaged" if is_marked else "is not UTF-8"
            raise DatasetError(f"{path.name} {problem}. Save it as UTF-8 and try again.") from error


def _encoding(path: Path, start: bytes) -> str:
    for mark, kind in _PACKED.items():
        if start.startswith(mark):
            raise DatasetError(f"{path.name} is {kind}, not text. Unpack it, or save it as CSV or JSONL in UTF-8, and try again.")
    found = next((encoding for mark, encoding in _MARKS.items() if start.startswith(mark)), "utf-8-sig")
    if found == "utf-8-sig" and b"\x00" in start[:4]:
        raise DatasetError(f"{path.name} is not UTF-8 (it looks like UTF-16 without a mark). Save it as UTF-8 and try again.")
    return found


def _delimiter(header: str) -> str:
    """What parts the header into the most names; a comma where nothing does."""
    return max(_DELIMITERS, key=lambda mark: len(next(csv.reader([header], delimiter=mark), [])))


def _as_wide(path: Path, line: int, row: list[str], width: int) -> list[str]:
    """The row without empty cells behind its last column, which spreadsheets leave."""
    if len(row) > width and not any(cell.strip() for cell in row[width:]):
        return row[:width]
    if len(row) != width:
        raise wrong(path, line, f"{len(row)} columns, the header has {width}. Put texts with commas in double quotes.")
    return row
