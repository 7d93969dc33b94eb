"""Changes of what the AI answers: measured on the golden questions first, made at once where it is not worse, else held.

A workspace without golden questions has nothing to measure by: there every change is made at once, and the page says so.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.permissions import Permission, require
from ai import switching
from ai.models import Change, Evaluation, EvaluationResult, GoldenCase
from ai.purposes import Purpose, Subject
from ai.selectors.evaluation import comparison_of
from ai.services.change_kinds import give_up, leave, make
from ai.services.evaluating import run_evaluation, start_evaluation
from ai.services.worlds import parts_of, world_now
from core.audit import Actor, record
from core.events import publish
from core.tenancy import crossing, current_workspace_id, scope
from core.wakeup import wake_up
from knowledge.models import Document

log = structlog.get_logger(__name__)

TELL = "ai.tasks.tell_held"
#: So long may a measurement show no progress before people are told that there is none.
PATIENCE = timedelta(minutes=2)
FEWEST_LETTERS = 10
#: So often is a change measured anew because something else has changed meanwhile.
_MOST_ROUNDS = 4

Kind, State, Why = Change.Kind, Change.State, Change.Why


def is_measured() -> bool:
    """Whether changes are measured in the workspace in scope: it has golden questions."""
    return GoldenCase.objects.exists()


@transaction.atomic
def submit(kind: Change.Kind, target: str, payload: Mapping[str, Any], *, by: User | None) -> Change | None:
    """Have a change measured, and made if it is not worse. None: nothing is measured here, the caller makes it at once.

    An earlier change of the same thing that is not decided is taken up in it, so nothing that was typed is lost. `by` None: the
    product wants it by itself. `payload["trials"]` names the trial documents that go once it is decided.
    """
    if not is_measured():
        return None
    _lock(target)
    values: dict[str, Any] = {}
    for one in _open_ones(target):
        values = _merged(values, one.payload) if one.kind == kind in (Kind.SETTINGS, Kind.INBOX) else {}
        _decide(one, State.DISCARDED, by=by)
    change = Change(kind=kind, target=target, payload=_merged(values, payload), user=by)
    change.save(force_insert=True)
    record("ai.change_submitted", actor=_actor(by), target=change, kind=str(kind))
    _measure(change, by)
    return change


@transaction.atomic
def supersede(target: str, *, by: User | None, kinds: Collection[Change.Kind] = tuple(Kind)) -> None:
    """Give up what is measured or held for a target: something newer takes its place, or its ground has gone."""
    for one in _open_ones(target).filter(kind__in=kinds):
        _decide(one, State.DISCARDED, by=by)


@transaction.atomic
def measure_again(change: Change, *, by: User) -> Change:
    """Measure a held change once more. Raises ValidationError for one that is decided."""
    found = _held(change)
    found.state, found.why = State.MEASURING, Why.NONE
    found.save(update_fields=["state", "why"])
    _measure(found, by)
    return found


@transaction.atomic
def discard(change: Change, *, by: User) -> Change:
    """Leave things as they are. Raises ValidationError for a change that is decided."""
    found = _open(change)
    _decide(found, State.DISCARDED, by=by)
    leave(found)
    record("ai.change_discarded", actor=_actor(by), target=found, kind=str(found.kind))
    return found


@transaction.atomic
def override(change: Change, *, reason: str, membership: Membership) -> Change:
    """Make a held change all the same: an owner's right, with a written reason. Raises PermissionDenied, ValidationError."""
    require(membership, Permission.AI_OVERRIDE)
    words = reason.strip()
    if len(words) < FEWEST_LETTERS:
        raise ValidationError(
            _("Write why, in at least %(count)d characters: it stays with the change.") % {"count": FEWEST_LETTERS}
        )
    found = _held(change)
    make(found, by=membership.user)
    found.reason = words
    found.save(update_fields=["reason"])
    _decide(found, State.OVERRIDDEN, by=membership.user)
    record("ai.change_overridden", actor=_actor(membership.user), target=found, kind=str(found.kind), why=str(found.why))
    return found


def evaluate(workspace_id: UUID, evaluation_id: UUID) -> None:
    """Measure, and do with the change that was measured what follows from it. Outside any scope."""
    evaluation = run_evaluation(workspace_id, evaluation_id)
    if evaluation is not None and evaluation.change is not None:
        with scope(workspace_id):
            _conclude(evaluation, evaluation.change)


def settle_late(workspace_id: UUID) -> int:
    """Hold the changes for which no measurement goes on: their author is told, and an owner may decide. How many there were."""
    with scope(workspace_id):
        return settle_late_here()


def settle_late_here() -> int:
    """The same in the workspace in scope, for a page that shows a change: it must not depend on the sweep."""
    return sum(_settle_late(one) for one in Change.objects.filter(state=State.MEASURING))


def workspaces_late() -> list[UUID]:
    """Where a change has waited for longer than it should."""
    with crossing("find changes that nobody measures"):
        rows = Change.objects.filter(state=State.MEASURING, created_at__lt=timezone.now() - PATIENCE)
        return list(rows.values_list("workspace_id", flat=True).distinct())


def _conclude(evaluation: Evaluation, measured: Change) -> None:
    """Publish, hold, or measure anew what was measured against a world that has changed meanwhile."""
    # Two changes that were measured at once must not both be made: each may be harmless alone.
    _lock("changes")
    rows = Change.objects.select_for_update(of=("self",)).select_related("user")
    change = rows.filter(pk=measured.pk, state=State.MEASURING).first()
    if change is None:
        return
    if evaluation.state != Evaluation.State.DONE:
        _hold(change, Why.LATE if evaluation.error == "failed" else Why.OFF)
        return
    rounds = Evaluation.objects.filter(change=change).count()
    if evaluation.parts != parts_of(world_now()) and rounds < _MOST_ROUNDS:
        _measure(change, change.user)
        return
    if EvaluationResult.objects.filter(evaluation=evaluation, reason__startswith=EvaluationResult.UNHEARD).exists():
        _hold(change, Why.MODEL)
        return
    if comparison_of(evaluation).is_worse:
        _hold(change, Why.WORSE)
        return
    try:
        with transaction.atomic():
            make(change, by=change.user)
    except ValidationError:
        _hold(change, Why.FAILED)
        return
    _decide(change, State.PUBLISHED, by=change.user)
    record("ai.change_published", actor=_actor(change.user), target=change, kind=str(change.kind))


def _measure(change: Change, by: User | None) -> None:
    if switching.closed_by(Purpose.ANALYSE, Subject(current_workspace_id())) is not None:
        _hold(change, Why.OFF)
        return
    start_evaluation(by=by, change=change)


def _hold(change: Change, why: Change.Why) -> None:
    change.state, change.why = State.HELD, why
    change.save(update_fields=["state", "why"])
    record("ai.change_held", actor=Actor.system(), target=change, kind=str(change.kind), why=str(why))
    publish("ai.change", change=str(change.pk), state=str(change.state))
    if change.kind in (Kind.REREAD, Kind.PROMOTE) and not _is_told(change):
        transaction.on_commit(partial(wake_up, TELL, str(change.workspace_id), str(change.pk)), robust=True)


def _is_told(change: Change) -> bool:
    """Whether people know of it: the one before was held as well, and nobody has decided about that yet."""
    before = Change.objects.filter(target=change.target, id__lt=change.pk).order_by("-id").first()
    return before is not None and before.why != Why.NONE and before.state == State.DISCARDED and before.decided_by is None


def _decide(change: Change, state: Change.State, *, by: User | None) -> None:
    change.state, change.decided_by, change.decided_at = state, by, timezone.now()
    change.save(update_fields=["state", "decided_by", "decided_at"])
    open_ones = Evaluation.objects.filter(change=change, state__in=(Evaluation.State.WAITING, Evaluation.State.RUNNING))
    open_ones.update(state=Evaluation.State.STOPPED, ended_at=timezone.now())
    if state == State.DISCARDED:
        give_up(change)
    Document.objects.filter(id__in=change.payload.get("trials", ()), kind=Document.Kind.TRIAL).delete()
    publish("ai.change", change=str(change.pk), state=str(state))


def _settle_late(change: Change) -> bool:
    now = timezone.now()
    if now - _moved_at(change) < PATIENCE:
        return False
    found = Change.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=change.pk, state=State.MEASURING).first()
    if found is None:
        return False
    _hold(found, Why.LATE)
    Evaluation.objects.filter(change=found, ended_at=None).update(state=Evaluation.State.STOPPED, error="late", ended_at=now)
    return True


def _moved_at(change: Change) -> datetime:
    """When it was asked to be measured, or any measurement of the workspace was last seen to go on: they wait for each other."""
    own = Evaluation.objects.filter(change=change).aggregate(asked_at=Max("created_at"))
    others = Evaluation.objects.exclude(error="late").aggregate(ended_at=Max("ended_at"), leased_until=Max("leased_until"))
    seen: list[datetime] = [one for one in (*own.values(), *others.values()) if one is not None]
    return max(change.created_at, *seen)


def _open_ones(target: str) -> QuerySet[Change]:
    rows = Change.objects.select_for_update(of=("self",)).filter(target=target, state__in=(State.MEASURING, State.HELD))
    return rows.order_by("id")


def _open(change: Change) -> Change:
    rows = Change.objects.select_for_update(of=("self",))
    found = rows.filter(pk=change.pk, state__in=(State.MEASURING, State.HELD)).first()
    if found is None:
        raise ValidationError(_("This change has been decided already."))
    return found


def _held(change: Change) -> Change:
    found = _open(change)
    if found.state != State.HELD:
        raise ValidationError(_("This change is still being measured. Wait for it."))
    return found


def _merged(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of both, the later ones last; those of an inbox lie one step deeper."""
    found = {**earlier, **later}
    if isinstance(earlier.get("values"), dict):
        found["values"] = {**earlier["values"], **later["values"]}
    return found


def _lock(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ai change {current_workspace_id()} {name}"])


def _actor(by: User | None) -> Actor:
    return Actor.system() if by is None else Actor.user(by.pk)
