"""Golden questions as a table: read with a clear word on each line that is wrong, and written for a spreadsheet."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from ai.models import GoldenCase, Intent
from ai.services.golden import Expected, Origin, Wanted, add_case, words_of
from ai.services.golden_sources import Library, joined, names_of, split
from knowledge.extracting import decoded

MAX_FILE = 1024 * 1024
COLUMNS = ("question", "expected", "articles", "imports", "must_say", "language", "intent")
#: Spreadsheets take cells that begin so for formulas (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line."""

    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a table: how many questions were kept, how many were there already, and what was wrong."""

    added: int
    known: int
    problems: list[Problem]


@transaction.atomic
def read_table(content: bytes, *, language: str, by: User) -> Report:
    """Keep the golden questions of a table; `language` is for lines that name none. Lines that are wrong are left out and told.

    Raises ValidationError, in words, for what is no such table.
    """
    if len(content) > MAX_FILE:
        raise ValidationError(_("The file is too large: 1 MB is the most."))
    seen = {(one.language, _plain(one.question)) for one in GoldenCase.objects.select_related("conversation")}
    library = Library()
    intents = {one.name.casefold(): one for one in Intent.objects.all()}
    added, known, problems = 0, 0, list[Problem]()
    for line, cells in _lines(content):
        try:
            wanted = _wanted(cells, language, library, intents)
            key = (wanted.language, _plain(wanted.question))
            if key in seen:
                known += 1
                continue
            add_case(wanted, by=by)
            seen.add(key)
            added += 1
        except ValidationError as error:
            problems.append(Problem(line, " ".join(error.messages)))
    return Report(added, known, problems)


def write_table() -> str:
    """All golden questions of the workspace in scope, in the shape that `read_table` reads."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    cases = GoldenCase.objects.select_related("conversation", "intent")
    for case in cases.prefetch_related("sources__article", "sources__item__source").order_by("id"):
        row = [case.question, case.expected, *names_of(case), joined(case.must_say), case.language]
        table.writerow([_cell(one) for one in (*row, case.intent.name if case.intent else "")])
    return out.getvalue()


def _lines(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    text = decoded(content)
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count))
    try:
        header = [one.strip().casefold() for one in next(reader, [])]
        if "question" not in header:
            words = _("The first line must name the columns: question, and if wanted %(others)s.")
            raise ValidationError(words % {"others": ", ".join(COLUMNS[1:])})
        for cells in reader:
            if any(one.strip() for one in cells):
                yield reader.line_num, dict(zip(header, [_uncelled(one.strip()) for one in cells], strict=False))
    except csv.Error:
        raise ValidationError(_("This is no table. Save it as CSV and try again.")) from None


def _wanted(cells: dict[str, str], language: str, library: Library, intents: dict[str, Intent]) -> Wanted:
    is_answered = cells.get("articles") or cells.get("imports")
    expected = cells.get("expected", "").casefold() or (Expected.ANSWER if is_answered else Expected.PERSON)
    if expected not in Expected.values:
        raise ValidationError(_("“expected” is answer or person."))
    intent = intents.get(cells.get("intent", "").casefold()) if cells.get("intent") else None
    if cells.get("intent") and intent is None:
        raise ValidationError(_("There is no intent “%(name)s”.") % {"name": cells["intent"][:60]})
    return Wanted(
        question=cells.get("question", ""),
        language=cells.get("language", "").casefold()[:2] or language,
        expected=expected,
        must_say=words_of("\n".join(split(cells.get("must_say", "")))),
        articles=library.articles(cells.get("articles", "")),
        items=library.items(cells.get("imports", "")),
        intent=intent,
        origin=Origin.FILE,
    )


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _uncelled(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
