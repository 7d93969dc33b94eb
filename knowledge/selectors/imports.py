"""Imports as the team sees them."""

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext as _
from django_stubs_ext import StrOrPromise

from knowledge.models import Document, Source, SourceItem
from knowledge.selectors.differences import difference_of
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


class Waiting(StrEnum):
    """What a reading found of an item."""

    NEW = "new"
    CHANGED = "changed"
    GONE = "gone"

    @property
    def waits(self) -> StrOrPromise:
        words = {"new": _("New: not used yet"), "changed": _("Changed: not used yet"), "gone": _("Gone: still used")}
        return words[self]


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with what went wrong and how it stands, in words. `is_waiting`: what was found of it is not in use yet."""

    item: SourceItem
    words: StrOrPromise
    standing: StrOrPromise
    is_waiting: bool


def sources() -> list[Progress]:
    """All imports, the newest first."""
    return [_progress(one) for one in Source.objects.order_by("-created_at")]


def progress_of(source: Source) -> Progress:
    return _progress(source)


def items_of(source: Source) -> list[ItemRow]:
    """What was found in a source: what went wrong first, then in order."""
    found = list(SourceItem.objects.filter(source=source).order_by("place"))
    found.sort(key=lambda one: one.state != State.FAILED)
    changes = changes_in(source)
    return [
        ItemRow(
            one,
            problem(one.error_code) if one.error_code else "",
            changes[one.pk].waits if one.pk in changes else one.get_state_display(),
            one.pk in changes,
        )
        for one in found[:SHOWN]
    ]


def changes_in(source: Source) -> dict[UUID, Waiting]:
    """What was found in a source that is not in use yet, by item."""
    found = difference_of(source)
    rows = Document.objects.filter(id__in=found.left_out).values_list("item__id", flat=True)
    in_use = set(rows)
    changed = {item_id: Waiting.CHANGED if item_id in in_use else Waiting.NEW for item_id in found.taken_in}
    return dict.fromkeys(in_use, Waiting.GONE) | changed


def _progress(source: Source) -> Progress:
    states = Counter(SourceItem.objects.filter(source=source).exclude(state=State.RETIRED).values_list("state", flat=True))
    read = sum(states[one] for one in (State.DONE, State.UNCHANGED, State.SKIPPED, State.FAILED))
    words = problem(source.error_code) if source.error_code else ""
    return Progress(source, sum(states.values()), read, states[State.FAILED], words)
