"""What a measurement found: figures of it all, its curve, its questions, and the history."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min

from ai.evaluation.golden import Comparison, Verdict, compare, curve_of
from ai.models import Change, Evaluation, EvaluationResult, GoldenCase
from knowledge.models import Article
from knowledge.releases import Act

Probe, Result = EvaluationResult.Probe, EvaluationResult.Outcome
SHOWN = 30
_OPEN = (Change.State.MEASURING, Change.State.HELD)
#: Wrong answers first, then what was not answered.
_ORDER = {Result.WRONG: 0, Result.WRONGLY_LEFT: 1, Result.SKIPPED: 2, Result.RIGHT: 3, Result.RIGHTLY_LEFT: 4}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A golden question with what became of it when it was last measured, and without its source; None: not measured yet."""

    case: GoldenCase
    asked: EvaluationResult | None
    left_out: EvaluationResult | None

    @property
    def has_no_source(self) -> bool:
        """Its article has gone: it can be answered by nothing."""
        return self.case.expected == GoldenCase.Expected.ANSWER and not self.case.sources.all()


def figures_of(results: Sequence[EvaluationResult], *, is_read_first: bool) -> dict[str, Any]:
    """The numbers of a measurement, as `Evaluation.figures` keeps them. Without golden questions the curve is of own ones."""
    now = [one for one in results if not one.is_changed and one.outcome != Result.SKIPPED]
    by_probe = {probe: [one for one in now if one.probe == probe] for probe in Probe}
    asked = Counter(one.outcome for one in by_probe[Probe.ASKED])
    golden = [*by_probe[Probe.ASKED], *by_probe[Probe.LEFT_OUT]]
    rows = golden or [*by_probe[Probe.OWN], *by_probe[Probe.OWN_LEFT_OUT]]
    known = [one.knows_intent for one in by_probe[Probe.ASKED] if one.knows_intent is not None]
    return {
        "is_read_first": is_read_first,
        "asked": len(by_probe[Probe.ASKED]),
        **{str(outcome): asked[outcome] for outcome in (Result.RIGHT, Result.WRONG, Result.WRONGLY_LEFT, Result.RIGHTLY_LEFT)},
        "skipped": sum(one.outcome == Result.SKIPPED for one in results if not one.is_changed),
        "unheard": sum(one.reason.startswith(EvaluationResult.UNHEARD) for one in now),
        "left_out": _answered(by_probe[Probe.LEFT_OUT]),
        "own": {
            **_answered(by_probe[Probe.OWN]),
            "found": sum(one.would_be_right for one in by_probe[Probe.OWN]),
        },
        "own_left_out": _answered(by_probe[Probe.OWN_LEFT_OUT]),
        "intents": {"of": len(known), "known": sum(known)},
        "curve": _curve(rows),
    }


def comparison_of(evaluation: Evaluation) -> Comparison[UUID]:
    """The golden questions of a change's measurement, as things are and as they would be."""
    rows = EvaluationResult.objects.filter(evaluation=evaluation, probe=Probe.ASKED, case__isnull=False)
    sides: dict[bool, dict[UUID, Verdict]] = {False: {}, True: {}}
    for case_id, is_changed, outcome in rows.exclude(outcome=Result.SKIPPED).values_list("case_id", "is_changed", "outcome"):
        if case_id is not None:
            sides[is_changed][case_id] = Verdict(outcome)
    return compare(sides[False], sides[True])


def evaluation_before(evaluation: Evaluation) -> Evaluation | None:
    """The finished measurement of everything before one."""
    rows = Evaluation.objects.filter(change=None, state=Evaluation.State.DONE, id__lt=evaluation.pk)
    return rows.order_by("-id").first()


def since(before: Evaluation, after: Evaluation) -> Comparison[UUID]:
    """The golden questions that two measurements of everything asked alike: not edited meanwhile, and with the provider heard."""
    if before.figures.get("is_read_first") != after.figures.get("is_read_first"):
        return compare({}, {})
    sides: dict[UUID, dict[UUID, Verdict]] = {before.pk: {}, after.pk: {}}
    rows = EvaluationResult.objects.filter(evaluation__in=sides, probe=Probe.ASKED, case__updated_at__lt=before.created_at)
    heard = rows.exclude(outcome=Result.SKIPPED).exclude(reason__startswith=EvaluationResult.UNHEARD)
    for evaluation_id, case_id, outcome in heard.values_list("evaluation_id", "case_id", "outcome"):
        if case_id is not None:
            sides[evaluation_id][case_id] = Verdict(outcome)
    return compare(sides[before.pk], sides[after.pk])


def taken_over(evaluation: Evaluation) -> tuple[int, datetime | None]:
    """How many results a measurement took from earlier ones, and when the oldest of them was asked."""
    rows = EvaluationResult.objects.filter(evaluation=evaluation, asked_at__lt=evaluation.created_at)
    found = rows.aggregate(count=Count("id"), oldest=Min("asked_at"))
    return found["count"], found["oldest"]


def last_evaluation() -> Evaluation | None:
    """The newest finished measurement of everything."""
    return Evaluation.objects.filter(change=None, state=Evaluation.State.DONE).order_by("-id").first()


def running_evaluation() -> Evaluation | None:
    """A measurement of everything that waits or runs."""
    open_states = (Evaluation.State.WAITING, Evaluation.State.RUNNING)
    return Evaluation.objects.filter(change=None, state__in=open_states).order_by("-id").first()


def history() -> list[Evaluation]:
    """The newest measurements of everything, whatever became of them."""
    return list(Evaluation.objects.filter(change=None).order_by("-id")[:SHOWN])


def golden_rows(evaluation: Evaluation | None, *, words: str = "", only: str = "") -> list[CaseRow]:
    """The golden questions, wrong ones first; `words` must all stand in the question, `only` is an outcome or `new`."""
    cases = GoldenCase.objects.select_related("conversation", "intent", "user").prefetch_related(
        "sources__article", "sources__item"
    )
    found: dict[tuple[UUID, str], EvaluationResult] = {}
    results = EvaluationResult.objects.filter(evaluation=evaluation, is_changed=False, case__isnull=False) if evaluation else []
    for one in results:
        if one.case_id is not None:
            found[one.case_id, one.probe] = one
    wanted = words.casefold().split()
    rows = [
        CaseRow(case, found.get((case.pk, Probe.ASKED)), found.get((case.pk, Probe.LEFT_OUT)))
        for case in cases.order_by("-id")
        if all(word in case.question.casefold() for word in wanted)
    ]
    if only:
        rows = [one for one in rows if (str(one.asked.outcome) if one.asked else "new") == only]
    return sorted(rows, key=lambda one: _ORDER[Result(one.asked.outcome)] if one.asked else -1)


def false_answers(evaluation: Evaluation) -> list[EvaluationResult]:
    """What was answered although the article that answers it was left out."""
    rows = EvaluationResult.objects.filter(
        evaluation=evaluation, probe__in=(Probe.LEFT_OUT, Probe.OWN_LEFT_OUT), outcome=Result.WRONG
    )
    return list(rows.select_related("case", "document").order_by("-evidence")[:SHOWN])


def open_changes() -> list[Change]:
    """Changes that are being measured or held, the newest first."""
    return list(Change.objects.filter(state__in=_OPEN).select_related("user").order_by("-id"))


def settled_changes() -> list[Change]:
    """What became of the newest others."""
    return list(Change.objects.exclude(state__in=_OPEN).select_related("user", "decided_by").order_by("-id")[:SHOWN])


def open_change(*targets: str) -> Change | None:
    """The change that is measured or held for one of these targets, the newest."""
    return Change.objects.filter(target__in=targets, state__in=_OPEN).order_by("-id").first()


def name_of(act: Act, article: Article) -> str:
    """The target that a change of an article has: its text and state, its readers and its language change by themselves."""
    if act == Act.AUDIENCE:
        return f"audience:{article.group}"
    return f"language:{article.pk}" if act == Act.LANGUAGE else f"article:{article.pk}"


def names_of(article: Article) -> set[str]:
    """All targets that changes of an article have."""
    return {name_of(act, article) for act in (Act.PUBLISH, Act.AUDIENCE, Act.LANGUAGE)}


def is_discarded(target: str) -> bool:
    """Whether somebody has discarded the newest change of a target."""
    newest = Change.objects.filter(target=target).order_by("-id").first()
    return newest is not None and newest.state == Change.State.DISCARDED and newest.decided_by_id is not None


def flips_of(evaluation: Evaluation, case_ids: Iterable[UUID]) -> list[tuple[EvaluationResult, EvaluationResult]]:
    """Golden questions of a change's measurement, each as it is and as it would be."""
    rows = EvaluationResult.objects.filter(evaluation=evaluation, probe=Probe.ASKED, case__in=list(case_ids))
    pairs: dict[UUID, dict[bool, EvaluationResult]] = {}
    for one in rows.select_related("case__conversation"):
        if one.case_id is not None:
            pairs.setdefault(one.case_id, {})[one.is_changed] = one
    return [(pair[False], pair[True]) for pair in pairs.values() if len(pair) == 2]


def _answered(rows: Sequence[EvaluationResult]) -> dict[str, int]:
    """How many were asked, and how many of them got a wrong answer."""
    return {"asked": len(rows), "answered": sum(one.outcome == Result.WRONG for one in rows)}


def _curve(rows: Sequence[EvaluationResult]) -> dict[str, Any]:
    """The curve over the questions that were looked up, and where the thresholds stand on it now."""
    looked_up = [one for one in rows if one.evidence > 0]
    if not looked_up:
        return {}
    curve = curve_of([(one.evidence, one.would_be_right) for one in looked_up])
    answered = [one for one in looked_up if one.outcome in (Result.RIGHT, Result.WRONG)]
    wrong = sum(one.outcome == Result.WRONG for one in answered)
    return {
        "questions": len(looked_up),
        "points": [[round(one.coverage, 4), round(one.risk, 4), round(one.evidence, 4)] for one in curve.points],
        "area": round(curve.area, 4),
        "answered": len(answered),
        "wrong": wrong,
    }
