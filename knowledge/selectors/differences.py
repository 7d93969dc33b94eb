"""What a reading of an import found that is not in use yet: new texts as trial documents, and what has gone."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from knowledge.models import Document, Source, SourceItem


@dataclass(frozen=True, slots=True)
class Difference:
    """What would be in use: `taken_in` the trial document of each item that is new or changed; `left_out` the documents in their
    place now, and those of what has gone."""

    taken_in: dict[UUID, UUID]
    left_out: frozenset[UUID]

    def __bool__(self) -> bool:
        return bool(self.taken_in or self.left_out)


def difference_of(source: Source) -> Difference:
    """What releasing an import would change."""
    taken_in = dict(trials_of(source).values_list("trial_of__id", "id"))
    rows = Document.objects.filter(item__source=source)
    changed, gone = rows.filter(item__in=taken_in), rows.filter(item__in=gone_from(source))
    left_out = {*changed.values_list("id", flat=True), *gone.values_list("id", flat=True)}
    return Difference(taken_in, frozenset(left_out))


def trials_of(source: Source) -> QuerySet[Document]:
    """The trial documents of what was read and is not in use."""
    return Document.objects.filter(trial_of__source=source)


def gone_from(source: Source) -> QuerySet[SourceItem]:
    """Items that are there no more, of which answers are still taken."""
    return SourceItem.objects.filter(source=source, state=SourceItem.State.RETIRED, document__isnull=False)
