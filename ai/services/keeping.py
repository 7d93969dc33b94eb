"""Who stands behind the knowledge's door (`knowledge.releases`): what changes an answer waits until it has been measured."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from ai.models import Change
from ai.selectors.evaluation import name_of, open_change
from ai.services.change_kinds import BY_ITSELF
from ai.services.changes import is_measured, submit, supersede
from knowledge.models import Article, Document, Source
from knowledge.releases import Act
from knowledge.selectors.differences import difference_of
from knowledge.services.articles import Measured, index_in_language, index_measured, index_opened

Kind, Audience = Change.Kind, Article.Audience


@dataclass(frozen=True, slots=True)
class _Asked:
    """An act on an article, and the target's name (`name_of`); `to` as in `Keeper.holds`."""

    act: Act
    article: Article
    name: str
    to: str
    by: User | None

    def is_submitted(self, kind: Change.Kind, **payload: Any) -> bool:
        return _is_submitted(kind, self.name, {"article": str(self.article.pk), **payload}, self.by)


class MeasuringKeeper:
    """Has changes measured; see `knowledge.releases.Keeper`."""

    def measures(self) -> bool:
        return is_measured()

    def holds(self, act: Act, target: Article | Source, *, by: User | None, to: str = "") -> bool:
        """What changes no answer is let through: an article that only the team reads, one that nobody finds, the same text.

        What goes at once takes the place of what waits for the same target.
        """
        if isinstance(target, Source):
            is_waiting, name = _holds_import(act, target, by), f"source:{target.pk}"
        else:
            name = name_of(act, target)
            is_waiting = is_measured() and _HOLDS.get(act, _holds_article)(_Asked(act, target, name, to, by))
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


def _holds_article(asked: _Asked) -> bool:
    """Publishing, taking back, deleting."""
    article, is_public = asked.article, asked.article.audience == Audience.PUBLIC
    if asked.act == Act.PUBLISH and is_public:
        measured = Measured(article.title, article.body)
        trial = index_measured(article, measured)
        return asked.is_submitted(Kind.PUBLISH, title=measured.title, body=measured.body, trials=[str(trial.pk)])
    if not is_public or not Document.objects.filter(article=article).exists():
        return False
    if asked.act == Act.DELETE:
        return asked.is_submitted(Kind.DELETE)
    return asked.is_submitted(Kind.WITHDRAW, to=str(asked.act))


def _holds_audience(asked: _Asked) -> bool:
    """Who may read it, in all its languages. Asked for once more it goes on waiting."""
    is_same = asked.to == asked.article.audience
    if is_same or not Document.objects.filter(article__group=asked.article.group).exists():
        return False
    waiting = open_change(asked.name)
    if waiting is not None and waiting.payload["to"] == asked.to:
        return True
    trials = index_opened(asked.article) if asked.to == Audience.PUBLIC else []
    return asked.is_submitted(Kind.AUDIENCE, to=asked.to, trials=[str(one.pk) for one in trials])


def _holds_language(asked: _Asked) -> bool:
    article = asked.article
    is_found = article.audience == Audience.PUBLIC and Document.objects.filter(article=article).exists()
    if asked.to == article.language or not is_found:
        return False
    trial = index_in_language(article, asked.to)
    return asked.is_submitted(Kind.LANGUAGE, to=asked.to, trials=[str(trial.pk)])


def _is_submitted(kind: Change.Kind, target: str, payload: Mapping[str, Any], by: User | None) -> bool:
    return submit(kind, target, payload, by=by) is not None


_HOLDS: dict[Act, Callable[[_Asked], bool]] = {Act.AUDIENCE: _holds_audience, Act.LANGUAGE: _holds_language}
