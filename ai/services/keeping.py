"""Who stands behind the knowledge's door (`knowledge.releases`): what changes an answer waits until it has been measured."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from ai.models import Change
from ai.selectors.evaluation import open_change
from ai.services.change_kinds import BY_ITSELF
from ai.services.changes import is_measured, submit, supersede
from knowledge.models import Article, Document, Source
from knowledge.releases import Act
from knowledge.selectors.differences import difference_of
from knowledge.services.articles import Measured, index_measured

Kind = Change.Kind


class MeasuringKeeper:
    """Has changes measured; see `knowledge.releases.Keeper`."""

    def measures(self) -> bool:
        return is_measured()

    def holds(self, act: Act, target: Article | Source, *, by: User | None) -> bool:
        """What changes no answer is let through: an article that only the team reads, one that nobody finds, the same text.

        What goes at once takes the place of what waits for the same target.
        """
        if isinstance(target, Source):
            is_waiting, name = _holds_import(act, target, by), f"source:{target.pk}"
        else:
            is_waiting, name = _holds_article(act, target, by), f"article:{target.pk}"
        if not is_waiting:
            supersede(name, by=by)
        return is_waiting

    def begins(self, source: Source) -> None:
        supersede(f"source:{source.pk}", by=None, kinds=BY_ITSELF)


def _holds_import(act: Act, source: Source, by: User | None) -> bool:
    target, payload = f"source:{source.pk}", {"source": str(source.pk)}
    if act == Act.REMOVE:
        is_found = Document.objects.filter(item__source=source, is_public=True).exists()
        return is_found and _is_submitted(Kind.NO_IMPORT, target, payload, by)
    waiting = open_change(target)
    if waiting is not None and waiting.kind == Kind.NO_IMPORT:
        # A reading does not take back that somebody wants the import removed; what it found waits with it.
        return True
    return source.is_public and bool(difference_of(source)) and _is_submitted(Kind(act), target, payload, by)


def _holds_article(act: Act, article: Article, by: User | None) -> bool:
    if not is_measured():
        return False
    payload: dict[str, Any] = {"article": str(article.pk)}
    target, is_public = f"article:{article.pk}", article.audience == Article.Audience.PUBLIC
    if act == Act.PUBLISH and is_public:
        measured = Measured(article.title, article.body)
        trial = index_measured(article, measured)
        payload |= {"title": measured.title, "body": measured.body, "trials": [str(trial.pk)]}
        return _is_submitted(Kind.PUBLISH, target, payload, by)
    if not is_public or not Document.objects.filter(article=article).exists():
        return False
    if act == Act.DELETE:
        return _is_submitted(Kind.DELETE, target, payload, by)
    return _is_submitted(Kind.WITHDRAW, target, payload | {"to": str(act)}, by)


def _is_submitted(kind: Change.Kind, target: str, payload: Mapping[str, Any], by: User | None) -> bool:
    return submit(kind, target, payload, by=by) is not None
