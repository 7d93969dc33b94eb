"""What the AI did in a time, in figures that can be defended: each share with its interval, confirmed apart from assumed."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum

from ai.models import Handover, Proposal, Reading, Resolution, Use
from conversations.models import Conversation, Message

State = Resolution.State
#: The quantile of a 95 % interval.
_Z = 1.959964
#: At most so many conversations are looked at for the time that people take.
_MEASURED = 500


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole with Wilson's 95 % interval; all from 0 to 1, None where the whole is empty.

    Wilson, E. B. (1927), Journal of the American Statistical Association 22, 209: it holds for few cases and for shares near 0.
    """

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.of:
            return None
        share, square = self.count / self.of, _Z**2 / self.of
        middle = (share + square / 2) / (1 + square)
        reach = _Z * sqrt(share * (1 - share) / self.of + square / (4 * self.of)) / (1 + square)
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a time, or of one intent or language in it.

    `settled`: runs of answers of which it is known how they ended. `wrong`: of the answers that a person reviewed.
    """

    name: str
    answered: int
    settled: int
    confirmed: Share
    assumed: Share
    unresolved: Share
    wrong: Share


@dataclass(frozen=True, slots=True)
class Overview:
    """A time's figures. `questions`: conversations in which a customer's message was read; `abstained`: the conversations that
    the AI gave to people, of those and the answered ones. `seconds_by_…`: the median wait for an answer. `saved_seconds`: what
    customers waited less for the questions that were resolved without a person; None where people's wait is not known.
    `cost_micros`: of providers, None where a price is missing. `waiting`: runs of which it is not known yet how they ended."""

    since: datetime
    total: Figures
    questions: int
    abstained: Share
    reasons: Sequence[tuple[str, int]]
    by_intent: Sequence[Figures]
    by_language: Sequence[Figures]
    seconds_by_ai: float | None
    seconds_by_people: float | None
    saved_seconds: float | None
    cost_micros: int | None
    waiting: int


def overview(since: datetime) -> Overview:
    """The figures of the workspace in scope since a moment."""
    runs = list(Resolution.objects.filter(answered_at__gte=since).select_related("intent"))
    reviews = _reviews(since)
    total = _figures("", runs, reviews.values())
    reasons = Counter(Handover.objects.filter(created_at__gte=since).values_list("reason", flat=True))
    questions = Reading.objects.filter(created_at__gte=since).values("conversation").distinct().count()
    by_ai, by_people = _seconds_by_ai(since), _seconds_by_people(since)
    alone = total.confirmed.count + total.assumed.count
    return Overview(
        since=since,
        total=total,
        questions=questions,
        abstained=Share(sum(reasons.values()), sum(reasons.values()) + total.answered),
        reasons=reasons.most_common(),
        by_intent=_split(runs, reviews, lambda run: run.intent.name if run.intent else "", "intent__name"),
        by_language=_split(runs, reviews, lambda run: run.language, "language"),
        seconds_by_ai=by_ai,
        seconds_by_people=by_people,
        saved_seconds=None if by_ai is None or by_people is None else max(0.0, by_people - by_ai) * alone,
        cost_micros=_cost(since),
        waiting=sum(run.state == State.WAITING for run in runs),
    )


def to_review(since: datetime, limit: int = 5) -> list[Proposal]:
    """Some of the answers that were sent and that nobody has reviewed, drawn by lot. What cites nothing answered nothing."""
    sent = Proposal.objects.filter(state=Proposal.State.SENT, review="", created_at__gte=since, message__isnull=False)
    drawn = sent.select_related("conversation__contact", "conversation__inbox", "intent").order_by("?")[: 10 * limit]
    return [one for one in drawn if one.sources][:limit]


def _reviews(since: datetime) -> dict[Any, dict[str, Any]]:
    rows = Proposal.objects.filter(state=Proposal.State.SENT, created_at__gte=since).exclude(review="")
    return {row["id"]: dict(row) for row in rows.values("id", "review", "intent__name", "language")}


def _figures(name: str, runs: Sequence[Resolution], reviews: Iterable[dict[str, Any]]) -> Figures:
    states = Counter(run.state for run in runs)
    settled = len(runs) - states[State.WAITING]
    verdicts = Counter(row["review"] for row in reviews)
    return Figures(
        name=name,
        answered=len(runs),
        settled=settled,
        confirmed=Share(states[State.CONFIRMED], settled),
        assumed=Share(states[State.ASSUMED], settled),
        unresolved=Share(states[State.HANDED_OVER] + states[State.TAKEN_OVER] + states[State.ASKED_AGAIN], settled),
        wrong=Share(verdicts[Proposal.Review.WRONG], sum(verdicts.values())),
    )


def _split(
    runs: Sequence[Resolution], reviews: dict[Any, dict[str, Any]], key: Callable[[Resolution], str], column: str
) -> list[Figures]:
    """The figures of each intent or language, the most answered first."""
    parts: dict[str, list[Resolution]] = {}
    for run in runs:
        parts.setdefault(key(run), []).append(run)
    found = [
        _figures(name, part, [row for row in reviews.values() if (row[column] or "") == name]) for name, part in parts.items()
    ]
    return sorted(found, key=lambda one: (-one.answered, one.name))


def _seconds_by_ai(since: datetime) -> float | None:
    """The median time from the message that an answer is for to the answer."""
    asked = Message.objects.filter(conversation=OuterRef("conversation"), seq=OuterRef("to_seq")).values("created_at")[:1]
    sent = Proposal.objects.filter(state=Proposal.State.SENT, created_at__gte=since, message__isnull=False, evidence__gt=0)
    rows = sent.annotate(asked_at=Subquery(asked)).order_by("-id").values_list("asked_at", "message__created_at")[:_MEASURED]
    waits = [(answered - asked_at).total_seconds() for asked_at, answered in rows if asked_at is not None]
    return median(waits) if waits else None


def _seconds_by_people(since: datetime) -> float | None:
    """The median time from a conversation's beginning to a person's first answer, in conversations that the AI did not answer."""
    rows = Conversation.objects.filter(created_at__gte=since - timedelta(days=60), first_replied_at__isnull=False)
    by_ai = Message.objects.filter(conversation=OuterRef("pk"), kind=Message.Kind.OUTBOUND, is_ai=True)
    by_people = rows.exclude(Exists(by_ai)).order_by("-id").values_list("created_at", "first_replied_at")[:_MEASURED]
    waits = [(replied - created).total_seconds() for created, replied in by_people if replied is not None]
    return median(waits) if waits else None


def _cost(since: datetime) -> int | None:
    rows = Use.objects.filter(created_at__gte=since, provider__isnull=False)
    sums = rows.aggregate(cost=Sum("cost_micros"), unknown=Count("id", filter=Q(cost_micros=None) & ~Q(outcome=Use.PENDING)))
    return None if sums["unknown"] else int(sums["cost"] or 0)
