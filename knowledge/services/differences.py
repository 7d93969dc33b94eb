"""What a reading of an import finds: kept for use or as trials, and released all at once.

That is when the reading is over, or once it has been measured (`knowledge.releases`).
"""

from django.db import transaction
from django.db.models import F

from core.events import publish
from knowledge.models import Document, Source, SourceItem
from knowledge.selectors.differences import gone_from, trials_of
from knowledge.services.indexing import Text, forget_document, index_document, index_trial, take_over

_KINDS = {Source.Kind.FILE: Document.Kind.FILE, Source.Kind.TABLE: Document.Kind.QUESTION}


def kind_of(source: Source) -> str:
    """The kind of documents that an import has."""
    return _KINDS.get(Source.Kind(source.kind), Document.Kind.PAGE)


@transaction.atomic
def note_text(text: Text, item: SourceItem, *, is_kept_back: bool) -> bool:
    """Store what an item says, for use or `is_kept_back` as a trial; whether it is other than what is in use.

    What has gone back to what is in use leaves no trial.
    """
    in_use = Document.objects.filter(item=item).first()
    is_new = in_use is None or bytes(in_use.digest) != text.digest()
    if is_new and is_kept_back:
        index_trial(text)
        return True
    Document.objects.filter(trial_of=item).delete()
    if is_new:
        index_document(text)
    return is_new


@transaction.atomic
def release(source: Source) -> None:
    """Put in use what was read of an import, and forget what has gone. A changed item keeps its document, and how it fared."""
    for item in gone_from(source):
        forget_document(item)
    changed = trials_of(source).filter(trial_of__document__isnull=False)
    for trial in changed.select_related("trial_of__document"):
        assert trial.trial_of is not None
        take_over(trial.trial_of.document, trial)
    trials_of(source).update(item_id=F("trial_of_id"), trial_of=None, kind=kind_of(source))
    publish("knowledge.changed", source=str(source.pk))


@transaction.atomic
def drop_trials(source: Source) -> None:
    """Forget what was found and not released; the next reading finds it again."""
    trials_of(source).delete()
