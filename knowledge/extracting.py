"""Text out of what the company has written elsewhere: PDF, web pages, Markdown, text, tables of questions. Pure but for CPU."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import lxml.html
import trafilatura
from lxml.etree import ParserError
from markdown_it import MarkdownIt
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from channels_app.adapters.email.mime import charsets
from knowledge.content import blocks_of
from knowledge.languages import CODES
from knowledge.passages import Block, paragraphs

PDF, HTML, MARKDOWN, TEXT, TABLE = "application/pdf", "text/html", "text/markdown", "text/plain", "text/csv"
_ENDINGS = {
    ".pdf": PDF, ".html": HTML, ".htm": HTML, ".xhtml": HTML, ".md": MARKDOWN, ".markdown": MARKDOWN, ".txt": TEXT, ".csv": TABLE,
    ".tsv": TABLE,
}  # fmt: skip
MAX_PDF_PAGES = 500
MAX_ROWS = 5000
MAX_TEXT = 2_000_000
#: Fewer letters in a whole PDF are page numbers: its pages are pictures.
_FEWEST_LETTERS = 40
_QUESTION, _ANSWER, _LANGUAGE = "question", "answer", "language"
#: What Western texts are written with beyond ASCII. Texts of other code pages, read as Western, hold other signs too.
_WESTERN = frozenset("àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿœšžßÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝŒŠŽ€£§©®°ºª¡¿«»·–—‘’“”„…•½™\u00a0")
_HYPHEN = re.compile(r"(?<=\w)-\n(?=[a-zà-ÿ])")


class ExtractError(Exception):
    """Nothing can be taken from this; `code` says why (words in :mod:`knowledge.wording`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Extracted:
    """A text with its title; `language` as the text itself declares it, else ""."""

    title: str
    blocks: list[Block]
    language: str = ""
    links: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table of questions, by its number as an editor shows it; with `error` it cannot be used."""

    line: int
    question: str
    answer: str
    language: str
    error: str = ""


def type_of(name: str, content: bytes) -> str:
    """What a file is, by its first bytes and its ending. Raises ExtractError for what is not read."""
    if content.startswith(b"%PDF-"):
        return PDF
    found = _ENDINGS.get(PurePosixPath(name.lower()).suffix)
    if found is None or found == PDF or b"\0" in content[:4096].replace(b"\xff\xfe", b""):
        raise ExtractError("type")
    return found


def extract(content: bytes, content_type: str, *, name: str) -> Extracted:
    """The title and text of a file or page. Raises ExtractError."""
    if content_type == PDF:
        found = _of_pdf(content, name)
    elif content_type == HTML:
        found = _of_html(decoded(content), name)
    elif content_type == MARKDOWN:
        found = _of_markdown(decoded(content), name)
    else:
        found = Extracted(_bare(name), paragraphs(decoded(content)))
    if not any(any(map(str.isalnum, block.text)) for block in found.blocks):
        raise ExtractError("empty")
    return found


def rows_of(content: bytes) -> list[Row]:
    """The questions and answers of a table with a first line that names its columns. Raises ExtractError for one without them."""
    text = decoded(content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = [name.strip().casefold() for name in next(reader, [])]
        if _QUESTION not in header or _ANSWER not in header:
            raise ExtractError("columns")
        found = list(_rows(reader, header))
    except csv.Error:
        raise ExtractError("table") from None
    if not found:
        raise ExtractError("empty")
    return found


def decoded(content: bytes) -> str:
    """Bytes as text: UTF-8, else Western Windows where that gives Western letters only, else what they most likely are."""
    head = content[: MAX_TEXT * 2]
    try:
        return head.decode("utf-8-sig")
    except UnicodeDecodeError:
        western = head.decode("cp1252", errors="replace")
    if all(character.isascii() or character in _WESTERN for character in western):
        return western
    return charsets.decoded(head)


def _rows(reader: Iterator[list[str]], header: list[str]) -> Iterator[Row]:
    seen: set[str] = set()
    for cells in reader:
        line = reader.line_num  # type: ignore[attr-defined]  # csv's reader has it
        if not any(cell.strip() for cell in cells):
            continue
        held = dict(zip(header, [cell.strip() for cell in cells], strict=False))
        question, answer, language = held.get(_QUESTION, ""), held.get(_ANSWER, ""), held.get(_LANGUAGE, "").lower()[:2]
        error = ""
        if len(cells) > len(header):
            error = "cells"
        elif not question:
            error = "no_question"
        elif not answer:
            error = "no_answer"
        elif language and language not in CODES:
            error = "language"
        elif question.casefold() in seen:
            error = "twice"
        seen.add(question.casefold())
        yield Row(line, question[:500], answer, language, error)
        if len(seen) >= MAX_ROWS:
            return


def _of_pdf(content: bytes, name: str) -> Extracted:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        is_open = not reader.is_encrypted or bool(reader.decrypt(""))
        pages = [page.extract_text() for page in reader.pages[:MAX_PDF_PAGES]] if is_open else []
        title = str(reader.metadata.title or "") if is_open and reader.metadata is not None else ""
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OSError,
        NotImplementedError,
    ):
        raise ExtractError("damaged") from None
    if not is_open:
        raise ExtractError("password")
    text = "\n\n".join(_HYPHEN.sub("", page) for page in pages)[:MAX_TEXT]
    if sum(map(str.isalpha, text)) < _FEWEST_LETTERS:
        raise ExtractError("scanned")
    return Extracted(title.strip() or _bare(name), paragraphs(text))


def _of_html(text: str, name: str) -> Extracted:
    try:
        root = lxml.html.document_fromstring(text)
    except (ParserError, ValueError):
        raise ExtractError("empty") from None
    language = str(root.get("lang") or "").lower()[:2]
    heading = next((" ".join(str(one.text_content()).split()) for one in root.iter("h1")), "")
    title = heading or " ".join(str(root.findtext(".//title") or "").split())
    main = trafilatura.extract(
        text, output_format="html", include_tables=True, include_links=False, include_comments=False, favor_recall=True
    )
    links = [str(one.get("href")) for one in root.iter("a") if one.get("href")]
    return Extracted(title or _bare(name), blocks_of(main or ""), language if language in CODES else "", links)


def _of_markdown(text: str, name: str) -> Extracted:
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    blocks = blocks_of(html)
    first = re.search(r"^#\s+(.+)$", text, re.MULTILINE)
    return Extracted(first[1].strip() if first else _bare(name), blocks)


def _bare(name: str) -> str:
    """A file's name without its ending, as a title."""
    return " ".join(PurePosixPath(name).stem.replace("_", " ").replace("-", " ").split()) or name
