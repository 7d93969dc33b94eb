"""The ledger: every text that left for a provider, who had it sent, when, why and to which model."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Egress, Use
from ai.purposes import Purpose, Task
from ai.services.settings import settings_of
from core.audit import Actor, record
from core.audit.record import ActorKind
from dashboard.ai_words import outcome_words
from dashboard.filters import uuid_or_none
from dashboard.money import money
from dashboard.wording import names

PAGE = 50


@require_GET
@workspace_view(Permission.AI_LEDGER)
def ledger(request: WorkspaceRequest) -> HttpResponseBase:
    """Newest first; filters in the address."""
    chosen = {name: request.GET.get(name, "") for name in ("purpose", "task", "outcome", "on")}
    uses = _filtered(Use.objects.filter(month__isnull=False).select_related("conversation", "user"), chosen)
    before = uuid_or_none(request.GET.get("before", ""))
    page = list((uses if before is None else uses.filter(id__lt=before)).order_by("-id")[: PAGE + 1])
    people, currency = names().people, settings_of().currency
    context = {
        "rows": [_row(use, people, currency) for use in page[:PAGE]],
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "query": request.GET.urlencode() if before is None else "",
        "next": page[PAGE - 1].pk if len(page) > PAGE else None,
        "purposes": Purpose.choices,
        "tasks": Task.choices,
    }
    return render(request, "dashboard/settings/ai/ledger.html", context)


@require_POST
@workspace_view(Permission.AI_LEDGER)
def ledger_text(request: WorkspaceRequest, use: UUID) -> HttpResponseBase:
    """The exact text, in a dialog; that it was opened is in the audit trail."""
    found = get_object_or_404(Egress.objects.select_related("use__contact", "use__conversation"), use=use)
    record("ai.ledger_opened", actor=Actor.user(request.user.pk), target=found.use)
    row = _row(found.use, names().people, settings_of().currency)
    return render(request, "dashboard/settings/ai/_ledger_text.html", {"row": row, "messages": found.text, "egress": found})


def _filtered(uses: QuerySet[Use], chosen: dict[str, str]) -> QuerySet[Use]:
    for name in ("purpose", "task"):
        if chosen[name]:
            uses = uses.filter(**{name: chosen[name]})
    if chosen["outcome"] == "ok":
        uses = uses.filter(outcome=Use.OK)
    elif chosen["outcome"]:
        uses = uses.exclude(outcome__in=(Use.OK, Use.PENDING))
    try:
        day = parse_date(chosen["on"])
    except ValueError:
        day = None
    return uses if day is None else uses.filter(created_at__date=day)


def _row(use: Use, people: dict[str, str], currency: str) -> dict[str, Any]:
    is_person = use.actor_kind == ActorKind.USER
    who = people.get(str(use.user_id), _("a former member")) if is_person else _("Chatzee, by itself")
    tone = "good" if use.outcome == Use.OK else "note" if use.outcome == Use.PENDING else "warn"
    return {
        "use": use,
        "who": who,
        "cost": money(use.cost_micros, currency),
        "task": dict(Task.choices).get(use.task, use.task),
        "outcome": outcome_words(use.outcome),
        "tone": tone,
        "seconds": use.ms / 1000,
    }
