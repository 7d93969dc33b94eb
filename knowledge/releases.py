"""The door before what changes what answers are taken from: who measures changes first stands behind it, or nobody.

Articles and imports ask here before they are published, taken back or removed, and when an import was read. The AI fills the
door (`ai.services.keeping`).
"""

from enum import StrEnum
from typing import Protocol

from accounts.models import User
from knowledge.models import Article, Source


class Act(StrEnum):
    """What is about to happen to an article or an import."""

    PUBLISH = "published"
    ARCHIVE = "archived"
    DRAFT = "draft"
    DELETE = "deleted"
    AUDIENCE = "audience"
    LANGUAGE = "language"
    IMPORT = "import"
    REREAD = "reread"
    REMOVE = "remove"


class Keeper(Protocol):
    """Who decides whether something waits."""

    def measures(self) -> bool:
        """Whether anything is measured in the workspace in scope at all."""

    def holds(self, act: Act, target: Article | Source, *, by: User | None, to: str = "") -> bool:
        """Whether it waits: then the keeper does it later by itself, in the name of `by`, or tells why not.

        `to` is the audience or the language that an article would have.
        """

    def begins(self, source: Source) -> None:
        """An import is read anew: what waits of the last reading is out of date."""


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Name who stands behind the door."""
    _keepers[:] = [keeper]


def are_measured() -> bool:
    """Whether changes are measured before they are made."""
    return any(one.measures() for one in _keepers)


def is_held(act: Act, target: Article | Source, *, by: User | None, to: str = "") -> bool:
    """Whether an act waits until it has been measured; `to` as in `Keeper.holds`. In the transaction that would do it."""
    return any(one.holds(act, target, by=by, to=to) for one in _keepers)


def begin_reading(source: Source) -> None:
    """Say that an import is read anew, before the first of it is. In the transaction that begins it."""
    for one in _keepers:
        one.begins(source)
