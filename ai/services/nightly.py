"""Measuring by night: where something has changed since it was last measured, and within what customers' answers leave over."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import ceil
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import Max, Sum
from django.utils import timezone

from accounts.models import Workspace
from ai import switching
from ai.models import Evaluation, GoldenCase
from ai.purposes import Purpose, Subject, Task
from ai.selectors.evaluation import last_evaluation
from ai.services.evaluating import start_evaluation
from ai.services.providers import Chosen, model_for
from ai.services.settings import settings_of
from ai.services.spending import WARNED_AT, cost_of, current_spend, month_of
from ai.services.worlds import own_questions, parts_of, world_now
from core.tenancy import crossing, current_workspace_id, scope

#: The hours of the night, in a workspace's own zone. Each workspace has one of them, so that not all come at once.
NIGHT = (1, 2, 3, 4)
#: So old may the last measurement be where nothing has changed here: a provider may have changed its model.
OLDEST = timedelta(days=7)
#: So many nightly measurements of all workspaces wait or run at once; the next ones are begun as these end.
MOST_AT_ONCE = 8
#: Of the month's budget, nights may cost this share; and what is left must be enough for so many more of them.
SHARE, TIMES = 0.1, 5
#: What the model is sent and says for one question at most, in tokens, as long as nothing was measured with it.
_TOKENS_IN, _TOKENS_OUT = 2500, 300
#: Shorter than from one night to the next, longer than a night.
_ONCE = timedelta(hours=20)
_OPEN = (Evaluation.State.WAITING, Evaluation.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Bill:
    """What a measurement will cost, in millionths of the currency: 0 where no provider writes, None where it has no price.

    `is_affordable`: whether the month's budget leaves room for it by night.
    """

    micros: int | None
    is_affordable: bool


def sweep() -> int:
    """Begin to measure where it is night and due, those first that were measured longest ago. How many were begun."""
    now, begun = timezone.now(), 0
    with crossing("choose the workspaces whose answers are measured tonight"):
        rows = Evaluation.objects.filter(change=None)
        room = MOST_AT_ONCE - rows.filter(is_nightly=True, state__in=_OPEN).count()
        had = set(rows.filter(is_nightly=True, created_at__gt=now - _ONCE).values_list("workspace_id", flat=True))
        newest: dict[UUID, datetime] = dict(rows.values_list("workspace_id").annotate(newest=Max("created_at")))
        asleep = [pk for pk, zone in Workspace.objects.values_list("id", "time_zone") if _is_night(pk, zone, now)]
    for workspace_id in sorted(set(asleep) - had, key=lambda pk: (pk in newest, newest.get(pk, now))):
        if begun >= room:
            break
        with scope(workspace_id):
            if is_due():
                start_evaluation(by=None, is_nightly=True)
                begun += 1
    return begun


def is_due() -> bool:
    """Whether the workspace in scope is to be measured by itself: there is something to measure, and a reason to."""
    if not settings_of().measures_nightly or Evaluation.objects.filter(state__in=_OPEN).exists():
        return False
    if switching.closed_by(Purpose.ANALYSE, Subject(current_workspace_id())) is not None:
        return False
    last = last_evaluation()
    if last is not None and last.created_at > timezone.now() - OLDEST and not _has_changed(last):
        return False
    return _count_questions() > 0 and bill().is_affordable


def bill() -> Bill:
    """What a measurement costs, by the last one where that asked a provider, else by what a question takes at most. In the scope.

    Nights take a small share of the month's budget, and nothing once most of it is spent: customers' answers come first.
    """
    workspace = Workspace.objects.get(pk=current_workspace_id())
    chosen = model_for(workspace.pk, Task.ANSWER) if _may_write(workspace.pk) else None
    if chosen is None:
        return Bill(0, is_affordable=True)
    cost, budget = _cost(chosen), settings_of().budget_micros
    if cost is None or budget is None:
        # With a budget a model without a price is not asked at all, and quotes would be measured in its place.
        return Bill(cost, is_affordable=budget is None)
    spend = current_spend(workspace)
    used = spend.spent_micros + spend.reserved_micros
    is_small = _spent_by_night(workspace) + cost <= SHARE * budget
    return Bill(cost, is_affordable=is_small and used < WARNED_AT * budget and used + TIMES * cost <= budget)


def _count_questions() -> int:
    """How many questions a measurement asks at most: each also without its source."""
    return 2 * (GoldenCase.objects.count() + len(own_questions()))


def _is_night(workspace_id: UUID, zone: str, now: datetime) -> bool:
    try:
        local = now.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        local = now
    return local.hour == NIGHT[workspace_id.int % len(NIGHT)]


def _has_changed(last: Evaluation) -> bool:
    """Whether what answers depend on, or a golden question, is another one than it was measured with."""
    if GoldenCase.objects.filter(updated_at__gt=last.created_at).exists():
        return True
    return bool(last.parts != parts_of(world_now()))


def _may_write(workspace_id: UUID) -> bool:
    """Whether measuring may ask a provider at all: for answers, or for suggestions."""
    closed = (switching.closed_by(one, Subject(workspace_id)) for one in (Purpose.ANSWER, Purpose.SUGGEST))
    return not all(closed)


def _cost(chosen: Chosen) -> int | None:
    last, questions = last_evaluation(), _count_questions()
    if last is not None and last.cost_micros and last.total:
        return ceil(questions * last.cost_micros / last.total)
    return cost_of(chosen, questions * _TOKENS_IN, questions * _TOKENS_OUT)


def _spent_by_night(workspace: Workspace) -> int:
    """What nightly measurements have cost this month."""
    month = month_of(workspace, timezone.now())
    begins_at = datetime.combine(month, time(), ZoneInfo(workspace.time_zone))
    rows = Evaluation.objects.filter(is_nightly=True, created_at__gte=begins_at)
    return int(rows.aggregate(cost=Sum("cost_micros"))["cost"] or 0)
