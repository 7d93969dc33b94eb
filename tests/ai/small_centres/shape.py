"""What a help centre for the tests is made of."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ai.engine.retrieval import Passage
from knowledge.content import blocks_of
from knowledge.passages import cut

type Told = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a centre; ``article`` is the key of the article that answers it (with the number of the passage where it has
    several), "" where none does."""

    centre: str
    language: str
    article: str
    text: str


def passages_of(articles: Iterable[Told]) -> list[Passage]:
    """Articles cut as publishing cuts them; the id begins with the article's key and language."""
    return [
        Passage(f"{key}/{language}/{number}", f"{title}\n{piece.heading}".strip(), piece.text, language, f"{key}/{language}")
        for key, language, title, body in articles
        for number, piece in enumerate(cut(blocks_of(body)))
    ]


def articles_of(centre: str) -> list[Told]:
    """The articles of a centre that is made up here."""
    rows = _rows("articles.tsv")
    return [(row["article"], row["language"], row["title"], row["body"]) for row in rows if row["centre"] == centre]


def questions() -> list[Asked]:
    """All questions, of every centre."""
    rows = _rows("questions.tsv")
    return [Asked(row["centre"], row["language"], row["article"].strip("-"), row["question"]) for row in rows]


def _rows(name: str) -> list[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
