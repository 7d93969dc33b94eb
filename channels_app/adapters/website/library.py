"""The door through which the widget shows articles. Whoever has articles fills it; without them the widget shows none."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """An article in a list."""

    number: int
    title: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """An article to read: `html` holds text elements and safe links only; `url` is its public page."""

    number: int
    title: str
    html: str
    url: str
    language: str


class Library(Protocol):
    """The public articles of the workspace in scope. `language` is a wish: without anything in it the company's first counts."""

    def suggested(self, language: str) -> list[Entry]: ...

    def found(self, words: str, language: str) -> list[Entry]: ...

    def article(self, number: int) -> Article | None: ...


_libraries: list[Library] = []


def register_library(library: Library) -> None:
    """Fill the door. The last one counts."""
    _libraries[:] = [library]


def library() -> Library | None:
    return _libraries[0] if _libraries else None
