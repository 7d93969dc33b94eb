"""Baselines: what a golden question came to in an earlier measurement, in place of asking it again as things are."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils import timezone

from ai.models import Evaluation, EvaluationResult
from ai.services.worlds import parts_of, world_now

#: A provider may change its model and say nothing: what was asked longer ago is asked anew.
YOUNG = timedelta(days=1)
_TAKEN = (
    "outcome", "reason", "evidence", "confidence", "would_be_right", "knows_intent", "answer", "sources", "asks_provider",
    "asked_at",
)  # fmt: skip

Probe, Outcome = EvaluationResult.Probe, EvaluationResult.Outcome


def baseline_of(evaluation: Evaluation) -> dict[UUID, EvaluationResult]:
    """By golden question, its newest result in the same inbox, of when answers depended on what they depend on now. In the scope.

    None where the question was edited since, where it was left out, or where the provider was not heard; and none for a
    measurement of everything, which asks.
    """
    if evaluation.change_id is None or evaluation.inbox_id is None:
        return {}
    alike = Evaluation.objects.filter(state=Evaluation.State.DONE, parts=evaluation.parts, inbox=evaluation.inbox_id)
    rows = EvaluationResult.objects.filter(evaluation__in=alike, probe=Probe.ASKED, is_changed=False, case__isnull=False)
    rows = rows.filter(asked_at__gt=timezone.now() - YOUNG, case__updated_at__lt=F("asked_at"))
    heard = rows.exclude(outcome=Outcome.SKIPPED).exclude(reason__startswith=EvaluationResult.UNHEARD)
    return {one.case_id: one for one in heard.order_by("asked_at") if one.case_id is not None}


def taken(result: EvaluationResult) -> dict[str, Any]:
    """What a result says, for another measurement; it stays as old as it is."""
    return {name: getattr(result, name) for name in _TAKEN}


def settle_baseline(evaluation: Evaluation) -> None:
    """What was measured while things changed is nobody's baseline. In the scope, when a measurement ends."""
    if evaluation.parts != parts_of(world_now()):
        EvaluationResult.objects.filter(evaluation=evaluation).update(asked_at=None)
