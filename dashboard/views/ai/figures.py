"""What the AI did, in honest figures, and the review of a sample by which wrong answers are counted."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Proposal
from ai.models.replies import Reason
from ai.selectors.figures import Figures, Share, overview, to_review
from ai.services.proposing import review
from ai.services.settings import settings_of
from dashboard.answers import wrong
from dashboard.money import money
from knowledge.languages import name_of

PERIODS = (7, 30, 90)
#: The width of the drawing of a share, in its own units.
WIDE = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """A share in words, and where its interval and its value stand in a drawing of `WIDE` units."""

    share: Share
    label: str
    explained: str

    @property
    def percent(self) -> str:
        return "–" if self.share.value is None else f"{self.share.value * 100:.0f} %"

    @property
    def between(self) -> str:
        if self.share.interval is None:
            return ""
        low, high = self.share.interval
        return _("%(low)s to %(high)s %%") % {"low": f"{low * 100:.0f}", "high": f"{high * 100:.0f}"}

    @property
    def band(self) -> tuple[float, float]:
        low, high = self.share.interval or (0.0, 0.0)
        return round(low * WIDE, 1), round(max(1.0, (high - low) * WIDE), 1)

    @property
    def at(self) -> float:
        return round((self.share.value or 0.0) * WIDE, 1)


@require_GET
@workspace_view(Permission.AI_MANAGE)
def figures(request: WorkspaceRequest) -> HttpResponseBase:
    """The figures of the last days."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in map(str, PERIODS) else PERIODS[1]
    since = timezone.now() - timedelta(days=days)
    found = overview(since)
    reasons, currency = dict(Reason.choices), settings_of().currency
    context: dict[str, Any] = {
        "days": days,
        "periods": PERIODS,
        "found": found,
        "shares": _shares(found.total) if found.total.answered else [],
        "reasons": [(reasons.get(reason, reason), count) for reason, count in found.reasons],
        "tables": [
            (_("By intent"), [_part(one.name or _("No intent"), one, currency) for one in found.by_intent]),
            (_("By language"), [_part(name_of(one.name) or _("Not read"), one, currency) for one in found.by_language]),
        ],
        "abstained": Drawn(found.total.abstained, _("Left to people"), ""),
        "waits": [_duration(one) for one in (found.seconds_by_ai, found.seconds_by_people, found.total.saved_seconds)],
        "cost": money(found.total.cost_micros, currency),
        "sample": to_review(since),
    }
    return render(request, "dashboard/settings/ai/figures.html", context)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def verdict(request: WorkspaceRequest, proposal: UUID) -> HttpResponseBase:
    """Whether an answer of the sample was right."""
    found = get_object_or_404(Proposal.objects.filter(state=Proposal.State.SENT), pk=proposal)
    try:
        review(found, request.POST.get("verdict", ""), by=request.user)
    except ValidationError as error:
        return wrong(error)
    return redirect("dashboard:ai-figures", workspace=request.workspace.pk)


def _shares(found: Figures) -> list[Drawn]:
    return [
        Drawn(found.confirmed, _("Confirmed"), _("The customer said that it helped, and no person was needed.")),
        Drawn(
            found.assumed,
            _("Assumed"),
            _("No person was needed and the customer did not write again on any channel for 72 hours."),
        ),
        Drawn(found.unresolved, _("Not resolved"), _("Handed over, touched by a person too, or asked again.")),
        Drawn(found.wrong, _("Wrong"), _("Of the answers that your team reviewed.")),
    ]


def _part(name: str, found: Figures, currency: str) -> dict[str, Any]:
    """A row of the tables."""
    return {
        "name": name,
        "figures": found,
        "shares": [Drawn(found.abstained, _("Left to people"), ""), *_shares(found)],
        "saved": _duration(found.saved_seconds),
        "cost": money(found.cost_micros, currency),
    }


def _duration(seconds: float | None) -> str:
    """A time in the unit that says it best."""
    if seconds is None:
        return "–"
    if seconds < 90:
        return _("%(n)d s") % {"n": round(seconds)}
    if seconds < 5400:
        return _("%(n)d min") % {"n": round(seconds / 60)}
    return _("%(n)d h") % {"n": round(seconds / 3600)}
