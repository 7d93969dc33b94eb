"""The budget, and what providers have cost."""

from typing import Any

from django.db.models import Count, Sum
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import ProviderModel, Spend, Use
from ai.purposes import Task
from ai.services.settings import save_settings, settings_of
from ai.services.spending import WARNED_AT, current_spend
from core.audit import Actor
from dashboard.ai_forms import BudgetForm
from dashboard.money import amount_of, micros_of, money

MONTHS = 12


@require_GET
@workspace_view(Permission.AI_LEDGER)
def spend(request: WorkspaceRequest) -> HttpResponseBase:
    """This month, by task and model, and the months before."""
    return _page(request)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def budget(request: WorkspaceRequest) -> HttpResponseBase:
    """Set the budget."""
    form = BudgetForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    values = {"budget_micros": micros_of(form.cleaned_data["budget"]), "currency": form.cleaned_data["currency"]}
    save_settings(values, actor=Actor.user(request.user.pk))
    return redirect("dashboard:ai-spend", workspace=request.workspace.pk)


def _page(request: WorkspaceRequest, form: BudgetForm | None = None) -> HttpResponseBase:
    settings = settings_of()
    now = current_spend(request.workspace)
    used, limit = now.spent_micros + now.reserved_micros, settings.budget_micros
    context: dict[str, Any] = {
        "form": form or BudgetForm(initial={"budget": amount_of(limit), "currency": settings.currency}),
        "can_manage": request.membership.can(Permission.AI_MANAGE),
        "now": now,
        "used": money(used, settings.currency),
        "limit": None if limit is None else money(limit, settings.currency),
        "percent": 0 if not limit else min(100, round(100 * used / limit)),
        "is_spent": limit is not None and (used >= limit or now.stopped_at is not None),
        "is_near": limit is not None and used > 0 and used >= WARNED_AT * limit,
        "has_unpriced": ProviderModel.objects.filter(price_in_micros=None).exists(),
        "parts": _parts(now, settings.currency),
        "months": _months(settings.currency),
    }
    return render(request, "dashboard/settings/ai/spend.html", context, status=422 if form else 200)


def _parts(now: Spend, currency: str) -> list[dict[str, Any]]:
    """This month's uses of providers by task and model, the dearest first."""
    names = dict(Task.choices)
    rows = Use.objects.filter(month=now.month).values("task", "model")
    sums = rows.annotate(cost=Sum("cost_micros"), uses=Count("id"), tokens_in=Sum("tokens_in"), tokens_out=Sum("tokens_out"))
    found = sorted(sums, key=lambda row: -(row["cost"] or 0))
    return [{**row, "task": names.get(row["task"], row["task"]), "cost": money(row["cost"], currency)} for row in found]


def _months(currency: str) -> list[dict[str, Any]]:
    rows = Spend.objects.order_by("-month")[:MONTHS]
    return [{"row": row, "cost": money(row.spent_micros, currency)} for row in rows]
