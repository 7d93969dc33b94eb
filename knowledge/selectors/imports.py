"""Imports as the team sees them."""

from collections import Counter
from dataclasses import dataclass

from django_stubs_ext import StrOrPromise

from knowledge.models import Source, SourceItem
from knowledge.wording import problem

State = SourceItem.State
SHOWN = 200


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reading of a source has come."""

    source: Source
    total: int
    read: int
    failed: int
    words: StrOrPromise

    @property
    def is_moving(self) -> bool:
        return self.source.state in {Source.State.WAITING, Source.State.READING}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with what went wrong, in words."""

    item: SourceItem
    words: StrOrPromise


def sources() -> list[Progress]:
    """All imports, the newest first."""
    return [_progress(one) for one in Source.objects.order_by("-created_at")]


def progress_of(source: Source) -> Progress:
    return _progress(source)


def items_of(source: Source) -> list[ItemRow]:
    """What was found in a source: what went wrong first, then in order."""
    found = list(SourceItem.objects.filter(source=source).order_by("place"))
    found.sort(key=lambda one: one.state != State.FAILED)
    return [ItemRow(one, problem(one.error_code) if one.error_code else "") for one in found[:SHOWN]]


def _progress(source: Source) -> Progress:
    states = Counter(SourceItem.objects.filter(source=source).exclude(state=State.RETIRED).values_list("state", flat=True))
    read = sum(states[one] for one in (State.DONE, State.UNCHANGED, State.SKIPPED, State.FAILED))
    words = problem(source.error_code) if source.error_code else ""
    return Progress(source, sum(states.values()), read, states[State.FAILED], words)
