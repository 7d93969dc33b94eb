"""The kinds of changes that are measured first: what the world would be with each, and how it is made.

Payloads: `settings` the changed fields · `inbox` `{inbox, values}` · `intent` `{intent, is_new, values}` · `no_intent`
`{intent}` · `model` `{task, model}` · `learned` `{task}` · `promote` `{task, version}` · `publish` `{article, title, body,
trials}` · `withdraw` `{article, to}` · `delete` `{article}` · `audience` (of all translations), `language` `{article, to,
trials}` · `import`, `reread`, `no_import` `{source}`. Ids are texts; `trials` are trial documents of no owner.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import Team, User
from ai.models import Change, FeedbackEvent, Intent, ModelVersion, ProviderModel, TaskModel
from ai.purposes import Task
from ai.selectors.learned import LiveModel, live_model, name_of as model_name
from ai.services import intents, providers, settings, versions
from ai.services.situations import Supposed
from ai.services.worlds import World, changed, live_before, world_now
from conversations.models import Inbox, Label
from core.audit import Actor
from knowledge.models import Article, Document, Source
from knowledge.releases import Act
from knowledge.retrieval import Shelf
from knowledge.selectors.differences import difference_of
from knowledge.services import articles, differences, imports

Kind = Change.Kind
#: What readings of imports find, whoever has asked for them: no person's act.
BY_ITSELF = frozenset({Kind.IMPORT, Kind.REREAD})
#: What the product proposes by itself; whoever decides about it in its place is named.
PROPOSED = frozenset({Kind.PROMOTE})


def world_with(change: Change) -> World:
    """How things would be with a change; as they are where what it changes has gone. In the scope."""
    inbox_id = UUID(change.payload["inbox"]) if change.kind == Kind.INBOX else None
    world = world_now(inbox_id)
    _SUPPOSED[Kind(change.kind)](world, change)
    return world


def make(change: Change, *, by: User | None) -> None:
    """Make a change that has been measured, or that an owner wants. Raises ValidationError, in words, where that cannot be.

    What a person wanted is made in a person's name; of somebody who has left, in nobody's. What was read is released by nobody.
    """
    if change.kind in BY_ITSELF:
        differences.release(_there(_source(change)))
        return
    if change.kind in PROPOSED:
        actor = Actor.system() if by is None else Actor.user(by.pk)
        versions.put_to_use(_there(_candidate(change)), actor=actor)
        return
    if by is None:
        raise ValidationError(_("Whoever wanted it has left."))
    _MADE[Kind(change.kind)](change, by)


def leave(change: Change) -> None:
    """Clear away what a discarded change was measured by."""
    if change.kind in BY_ITSELF and (source := _source(change)) is not None:
        differences.drop_trials(source)


def give_up(change: Change) -> None:
    """Do what it means for what a change was about that it is discarded, or that something newer takes its place."""
    if change.kind in PROPOSED and (version := _candidate(change)) is not None:
        versions.give_up(version)


def as_payload(values: Mapping[str, Any]) -> dict[str, Any]:
    """An intent's values with ids in place of rows."""
    return {name: str(value.pk) if isinstance(value, Team | Label) else value for name, value in values.items()}


def _suppose_settings(world: World, change: Change) -> None:
    changed(world.settings, change.payload)


def _suppose_inbox(world: World, change: Change) -> None:
    changed(world.inbox_ai, change.payload["values"])


def _suppose_intent(world: World, change: Change) -> None:
    """Its fields are supposed; team and label change no answer."""
    intent = Intent.objects.filter(pk=change.payload["intent"]).first() or Intent(pk=UUID(change.payload["intent"]))
    values = {name: value for name, value in change.payload["values"].items() if name not in ("team", "label")}
    others = [one for one in world.intents if one.pk != intent.pk]
    world.intents = sorted([*others, changed(intent, values)], key=lambda one: one.name)


def _suppose_no_intent(world: World, change: Change) -> None:
    world.intents = [one for one in world.intents if str(one.pk) != change.payload["intent"]]


def _suppose_model(world: World, change: Change) -> None:
    rows: dict[str, UUID | None] = dict(TaskModel.objects.values_list("task", "model_id"))
    wanted = change.payload["model"]
    rows[change.payload["task"]] = UUID(wanted) if wanted else None
    chosen = {task: rows.get(task) or rows.get("") for task in (Task.ANSWER, Task.SUGGEST, Task.TRANSLATE)}
    models = {task: model_id for task, model_id in chosen.items() if model_id is not None}
    world.supposed = Supposed(models=models, asks_provider=Task.ANSWER in models)


def _suppose_learned(world: World, change: Change) -> None:
    task = change.payload["task"]
    _suppose_in_use(world, task, live_before(live_model(world.workspace.pk, task)))


def _suppose_promotion(world: World, change: Change) -> None:
    version, task = _candidate(change), change.payload["task"]
    if version is not None:
        _suppose_in_use(world, task, LiveModel(version.pk, model_name(version.number, task)))


def _suppose_in_use(world: World, task: str, found: LiveModel | None) -> None:
    """A task's learned model in place of the one in use; None: the rules."""
    if task == FeedbackEvent.Task.INTENT:
        world.live = found
    else:
        world.supposed = Supposed(learned={task: found})


def _suppose_publish(world: World, change: Change) -> None:
    article = _article(change)
    old = _documents(article)
    trials = _trials(change)
    world.supposed = Supposed(Shelf(frozenset(old), frozenset(trials)))
    if article is not None:
        group = world.articles.setdefault(article.group, set())
        group -= old
        group |= trials


def _suppose_gone(world: World, change: Change) -> None:
    world.supposed = Supposed(Shelf(frozenset(_documents(_article(change)))))


def _suppose_audience(world: World, change: Change) -> None:
    """For the team alone it is as good as gone; for everybody its trials take the place of its documents, in every language."""
    article = _article(change)
    rows = Document.objects.filter(article__group=article.group) if article else Document.objects.none()
    trials = _trials(change)
    world.supposed = Supposed(Shelf(frozenset(rows.values_list("id", flat=True)), frozenset(trials)))
    if article is not None:
        world.articles[article.group] = trials


def _suppose_import(world: World, change: Change) -> None:
    source = _source(change)
    if source is not None:
        found = difference_of(source)
        world.items.update(found.taken_in)
        world.supposed = Supposed(Shelf(found.left_out, frozenset(found.taken_in.values())))


def _suppose_no_import(world: World, change: Change) -> None:
    rows = Document.objects.filter(item__source=change.payload["source"]).values_list("id", flat=True)
    world.supposed = Supposed(Shelf(without=frozenset(rows)))


def _make_settings(change: Change, by: User) -> None:
    settings.save_settings(change.payload, actor=Actor.user(by.pk))


def _make_inbox(change: Change, by: User) -> None:
    inbox = _there(Inbox.objects.filter(pk=change.payload["inbox"]).first())
    settings.save_inbox_ai(inbox, change.payload["values"], actor=Actor.user(by.pk))


def _make_intent(change: Change, by: User) -> None:
    found = Intent.objects.filter(pk=change.payload["intent"]).first()
    intent = Intent(pk=UUID(change.payload["intent"])) if change.payload["is_new"] and found is None else _there(found)
    values = dict(change.payload["values"])
    for name, model in (("team", Team), ("label", Label)):
        if values.get(name):
            values[name] = model.objects.filter(pk=values[name]).first()
    intents.save_intent(intent, values, actor=Actor.user(by.pk))


def _make_no_intent(change: Change, by: User) -> None:
    intents.delete_intent(_there(Intent.objects.filter(pk=change.payload["intent"]).first()), actor=Actor.user(by.pk))


def _make_model(change: Change, by: User) -> None:
    wanted = change.payload["model"]
    model = _there(ProviderModel.objects.filter(pk=wanted).first()) if wanted else None
    providers.choose_model(change.payload["task"], model, actor=Actor.user(by.pk))


def _make_learned(change: Change, by: User) -> None:
    versions.roll_back(change.payload["task"], actor=Actor.user(by.pk))


def _make_publish(change: Change, by: User) -> None:
    measured = articles.Measured(change.payload["title"], change.payload["body"])
    articles.publish_article(_there(_article(change)), by=by, measured=measured)


def _make_withdraw(change: Change, by: User) -> None:
    withdraw = articles.archive_article if change.payload["to"] == Act.ARCHIVE else articles.return_to_draft
    withdraw(_there(_article(change)), by=by, is_measured=True)


def _make_delete(change: Change, by: User) -> None:
    articles.delete_article(_there(_article(change)), by=by, is_measured=True)


def _make_audience(change: Change, by: User) -> None:
    articles.open_article(_there(_article(change)), audience=change.payload["to"], by=by, is_measured=True)


def _make_language(change: Change, by: User) -> None:
    articles.change_language(_there(_article(change)), change.payload["to"], by=by, is_measured=True)


def _make_no_import(change: Change, by: User) -> None:
    imports.delete_source(_there(_source(change)), by=by, is_measured=True)


def _article(change: Change) -> Article | None:
    return Article.objects.filter(pk=change.payload["article"]).first()


def _source(change: Change) -> Source | None:
    return Source.objects.filter(pk=change.payload["source"]).first()


def _candidate(change: Change) -> ModelVersion | None:
    """The version that waits, while it is there."""
    rows = ModelVersion.objects.filter(pk=change.payload["version"], state=ModelVersion.State.WAITING)
    return rows.filter(arrays__isnull=False).first()


def _documents(article: Article | None) -> set[UUID]:
    return set(Document.objects.filter(article=article).values_list("id", flat=True)) if article else set()


def _trials(change: Change) -> set[UUID]:
    return {UUID(one) for one in change.payload["trials"]}


def _there[T](found: T | None) -> T:
    if found is None:
        raise ValidationError(_("What it would change is not there any more."))
    return found


_SUPPOSED: dict[Change.Kind, Callable[[World, Change], None]] = {
    Kind.SETTINGS: _suppose_settings,
    Kind.INBOX: _suppose_inbox,
    Kind.INTENT: _suppose_intent,
    Kind.NO_INTENT: _suppose_no_intent,
    Kind.MODEL: _suppose_model,
    Kind.LEARNED: _suppose_learned,
    Kind.PROMOTE: _suppose_promotion,
    Kind.PUBLISH: _suppose_publish,
    Kind.WITHDRAW: _suppose_gone,
    Kind.DELETE: _suppose_gone,
    Kind.AUDIENCE: _suppose_audience,
    Kind.LANGUAGE: _suppose_publish,
    Kind.IMPORT: _suppose_import,
    Kind.REREAD: _suppose_import,
    Kind.NO_IMPORT: _suppose_no_import,
}
_MADE: dict[Change.Kind, Callable[[Change, User], None]] = {
    Kind.SETTINGS: _make_settings,
    Kind.INBOX: _make_inbox,
    Kind.INTENT: _make_intent,
    Kind.NO_INTENT: _make_no_intent,
    Kind.MODEL: _make_model,
    Kind.LEARNED: _make_learned,
    Kind.PUBLISH: _make_publish,
    Kind.WITHDRAW: _make_withdraw,
    Kind.DELETE: _make_delete,
    Kind.AUDIENCE: _make_audience,
    Kind.LANGUAGE: _make_language,
    Kind.NO_IMPORT: _make_no_import,
}
