"""What providers cost: reserved before a call, settled after it, within the month's budget of the workspace."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Workspace
from ai.models import Spend, Use
from ai.purposes import Closed
from ai.services.providers import Chosen
from ai.services.settings import settings_of
from core.audit import Actor, record
from core.events import publish
from core.tenancy import current_workspace_id
from core.wakeup import wake_up

#: Share of the budget at which the workspace's people are told.
WARNED_AT = 0.8
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Reserved:
    """What is kept for a call; `closed` says why there is none, `is_busy` that as many calls run as may."""

    month: date
    micros: int = 0
    closed: Closed | None = None
    is_busy: bool = False


def month_of(workspace: Workspace, at: datetime) -> date:
    """The first day of the month in the workspace's zone."""
    return at.astimezone(ZoneInfo(workspace.time_zone)).date().replace(day=1)


def current_spend(workspace: Workspace) -> Spend:
    """This month's books; an unsaved empty row where nothing was used. In the scope."""
    month = month_of(workspace, timezone.now())
    return Spend.objects.filter(month=month).first() or Spend(month=month)


def cost_of(chosen: Chosen, tokens_in: int, tokens_out: int) -> int | None:
    """Millionths of the currency, rounded up; None where a price is not known."""
    if chosen.price_in_micros is None or chosen.price_out_micros is None:
        return None
    return -(-(tokens_in * chosen.price_in_micros + tokens_out * chosen.price_out_micros) // _MILLION)


def reserve(workspace: Workspace, chosen: Chosen, *, tokens_in: int, tokens_out: int) -> Reserved:
    """Keep what a call may cost at most, under the lock of the month's books. In the scope, in a transaction that commits.

    A model whose price is not known has no place in a budget: with one, it is refused.
    """
    spend = _locked(month_of(workspace, timezone.now()))
    running = Use.objects.filter(outcome=Use.PENDING, provider=chosen.provider_id).count()
    if running >= chosen.most_at_once:
        return Reserved(spend.month, is_busy=True)
    budget = settings_of().budget_micros
    cost = cost_of(chosen, tokens_in, tokens_out)
    if budget is None:
        _keep(spend, cost or 0)
        return Reserved(spend.month, cost or 0)
    if cost is None:
        return Reserved(spend.month, closed=Closed.UNPRICED)
    used = spend.spent_micros + spend.reserved_micros + cost
    if used > budget:
        _mark(spend, "stopped_at", "stopped")
        return Reserved(spend.month, closed=Closed.BUDGET)
    _keep(spend, cost)
    if used >= WARNED_AT * budget:
        _mark(spend, "warned_at", "warned")
    return Reserved(spend.month, cost)


def settle_spend(month: date, *, reserved: int, cost: int | None, tokens_in: int, tokens_out: int) -> None:
    """Put what a call did cost in the place of what was reserved."""
    Spend.objects.filter(month=month).update(
        reserved_micros=F("reserved_micros") - reserved,
        spent_micros=F("spent_micros") + (cost or 0),
        unpriced=F("unpriced") + int(cost is None),
        uses=F("uses") + 1,
        tokens_in=F("tokens_in") + tokens_in,
        tokens_out=F("tokens_out") + tokens_out,
    )


def _locked(month: date) -> Spend:
    Spend.objects.bulk_create([Spend(workspace_id=current_workspace_id(), month=month)], ignore_conflicts=True)
    return Spend.objects.select_for_update().get(month=month)


def _keep(spend: Spend, micros: int) -> None:
    Spend.objects.filter(pk=spend.pk).update(reserved_micros=F("reserved_micros") + micros)


def _mark(spend: Spend, name: str, state: str) -> None:
    """Tell the workspace's people once a month that the budget is nearly, or all, spent."""
    if getattr(spend, name) is not None:
        return
    setattr(spend, name, timezone.now())
    spend.save(update_fields=[name])
    record(f"ai.budget_{state}", actor=Actor.system(), target=spend)
    publish("ai.budget", state=state)
    workspace_id = str(current_workspace_id())
    transaction.on_commit(lambda: wake_up("ai.tasks.tell_budget", workspace_id, state))
