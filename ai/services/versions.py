"""Models and their history: put to use, watched, rolled back, retired. One pointer moves, in one transaction."""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ai.models import FeedbackEvent, Lineage, ModelVersion
from ai.selectors.learned import LiveModel, name_of
from core.audit import Actor, record
from core.audit.record import ActorKind
from core.events import publish

State = ModelVersion.State
#: Versions whose arrays are kept for rolling back; older ones keep their figures alone.
KEPT = 5
#: Why a candidate was better on lessons and is not in use.
GIVEN_UP = "given up"
#: CUSUM over corrections: what a model may err more than the one before it, and the sum at which that is no chance.
_SLACK, _ALARM = 0.05, 4.0
#: The share of corrections that is expected where nothing was measured before, and the lessons it is measured on.
_EXPECTED, _MEASURED = 0.15, 100


@transaction.atomic
def store_candidate(
    task: str, found: dict[str, Any], events: Sequence[FeedbackEvent], parent: ModelVersion | None
) -> ModelVersion:
    """Keep a task's candidate with its judgement: a better one waits to be put to use, another is rejected. In the scope."""
    last = ModelVersion.objects.select_for_update().filter(task=task).order_by("-number").first()
    judgement = found["judgement"]
    is_better = judgement["verdict"] == "better"
    version = ModelVersion(
        task=task,
        number=1 if last is None else last.number + 1,
        state=State.WAITING if is_better else State.REJECTED,
        parent=parent,
        manifest=found["manifest"],
        arrays=found["arrays"],
        dataset=found["dataset"],
        examples=len(events),
        figures=judgement,
        decision=judgement["verdict"],
    )
    version.save(force_insert=True)
    Lineage.objects.bulk_create([Lineage(workspace_id=version.workspace_id, model=version, event=one) for one in events])
    if not is_better:
        record("ai.model_rejected", actor=Actor.system(), target=version, why=version.decision)
    publish("ai.model_changed", task=str(task))
    _forget_old(task)
    return version


@transaction.atomic
def put_to_use(version: ModelVersion, *, actor: Actor) -> None:
    """Let a candidate that waits take the place of the model in use."""
    _make_live(version, actor=actor, why="promoted")


@transaction.atomic
def give_up(version: ModelVersion) -> None:
    """Leave a candidate that waits aside: it was not wanted, or a newer one took its place."""
    _leave(version, State.REJECTED, GIVEN_UP)
    record("ai.model_rejected", actor=Actor.system(), target=version, why=version.decision)
    publish("ai.model_changed", task=version.task)


@transaction.atomic
def roll_back(task: str = FeedbackEvent.Task.INTENT, *, actor: Actor, why: str = "by hand") -> ModelVersion | None:
    """Take a task's model in use back: the one before it is used again, or none. Raises ValidationError where none is in use."""
    live = _live(task)
    if live is None:
        raise ValidationError(_("No model is in use."))
    before = ModelVersion.objects.filter(
        task=live.task, state=State.RETIRED, number__lt=live.number, arrays__isnull=False
    ).first()
    _leave(live, State.ROLLED_BACK, why)
    record("ai.model_rolled_back", actor=actor, target=live, why=why)
    if before is not None:
        _make_live(before, actor=actor, why="rolled back to")
    publish("ai.model_changed", task=str(task))
    return before


@transaction.atomic
def retire(version: ModelVersion, *, why: str) -> None:
    """Take a model out of use and destroy it, because it may not be used any more."""
    if version.state == State.LIVE:
        _leave(version, State.RETIRED, why)
    version.manifest, version.arrays, version.decision = "", "", why
    version.save(update_fields=["manifest", "arrays", "decision"])
    record("ai.model_retired", actor=Actor.system(), target=version, why=why)
    publish("ai.model_changed", task=version.task)


def watch(live: LiveModel | None) -> None:
    """Look at what became of a model's predictions since it is in use; roll it back where it errs more than the one before."""
    if live is None:
        return
    version = ModelVersion.objects.get(pk=live.id)
    events = FeedbackEvent.objects.filter(task=version.task)
    since = events.filter(created_at__gte=version.live_at, model__endswith=live.name).order_by("id")
    before = events.filter(created_at__lt=version.live_at).order_by("-id")[:_MEASURED]
    expected = _share_of_corrections(before)
    if cusum((not _is_right(one) for one in since.only("prediction", "correction")), expected) >= _ALARM:
        roll_back(version.task, actor=Actor.system(), why="watch")


def cusum(errors: Iterable[bool], expected: float) -> float:
    """The highest that the errors' sum above what is expected has climbed; it falls back to nothing while all is well."""
    climbed = highest = 0.0
    for is_wrong in errors:
        climbed = max(0.0, climbed + is_wrong - expected - _SLACK)
        highest = max(highest, climbed)
    return highest


def _share_of_corrections(events: Iterable[FeedbackEvent]) -> float:
    found = [_is_right(one) for one in events]
    return _EXPECTED if len(found) < _MEASURED // 4 else 1 - sum(found) / len(found)


def _is_right(event: FeedbackEvent) -> bool:
    return event.prediction == event.correction


def _live(task: str) -> ModelVersion | None:
    return ModelVersion.objects.select_for_update().filter(task=task, state=State.LIVE).first()


def _make_live(version: ModelVersion, *, actor: Actor, why: str) -> None:
    live = _live(version.task)
    if live is not None:
        _leave(live, State.RETIRED, "replaced")
    version.state, version.live_at, version.left_at = State.LIVE, timezone.now(), None
    version.user_id = actor.id if actor.kind == ActorKind.USER else None
    version.save(update_fields=["state", "live_at", "left_at", "user"])
    record("ai.model_live", actor=actor, target=version, why=why, model=name_of(version.number, version.task))
    publish("ai.model_changed", task=version.task)


def _leave(version: ModelVersion, state: ModelVersion.State, why: str) -> None:
    version.state, version.left_at, version.decision = state, timezone.now(), why[:24]
    version.save(update_fields=["state", "left_at", "decision"])


def _forget_old(task: str) -> None:
    """Empty the models that nobody will roll back to; their figures stay."""
    kept = (
        ModelVersion.objects.filter(task=task, arrays__isnull=False)
        .exclude(state__in=(State.LIVE, State.WAITING))
        .order_by("-number")
    )
    for version in kept[KEPT:]:
        version.manifest, version.arrays = "", ""
        version.save(update_fields=["manifest", "arrays"])
        Lineage.objects.filter(model=version).delete()


def artefact_json(version: ModelVersion) -> dict[str, str]:
    """A stored model as the training process reads it."""
    base64.b64decode(version.arrays, validate=True)
    return {"manifest": version.manifest, "arrays": version.arrays}
