"""What the AI did in a time, in figures that can be defended: each share with its interval, confirmed apart from assumed."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When

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

    `abstained`: the handovers to people, of those and the runs of answers. `settled`: runs of which it is known how they ended.
    `wrong`: of the answers that a person reviewed. `saved_seconds`: what customers waited less for the questions that were
    resolved without a person; None where people's wait is not known. `cost_micros`: of providers; None where a price is missing.
    """

    name: str
    answered: int
    abstained: Share
    settled: int
    confirmed: Share
    assumed: Share
    unresolved: Share
    wrong: Share
    saved_seconds: float | None
    cost_micros: int | None


@dataclass(frozen=True, slots=True)
class Overview:
    """A time's figures. `questions`: conversations in which a customer's message was read. `seconds_by_…`: the median wait for an
    answer. `waiting`: runs of which it is not known yet how they ended. `is_cost_apart`: whether providers were asked for what
    belongs to no conversation, such as measuring: that is in the total alone."""

    since: datetime
    total: Figures
    questions: int
    reasons: Sequence[tuple[str, int]]
    by_intent: Sequence[Figures]
    by_language: Sequence[Figures]
    seconds_by_ai: float | None
    seconds_by_people: float | None
    waiting: int
    is_cost_apart: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """So many of a kind (a state, a verdict, a reason), of an intent and a language; None: of no conversation."""

    intent: str | None
    language: str | None
    kind: str
    count: int


@dataclass(frozen=True, slots=True)
class _Tally:
    """Everything that is counted in a time. `costs` have millionths in `count`; those of kind "unknown" have uses."""

    runs: Sequence[_Row]
    reviews: Sequence[_Row]
    handovers: Sequence[_Row]
    costs: Sequence[_Row]

    def part(self, column: str, name: str) -> "_Tally":
        groups = (self.runs, self.reviews, self.handovers, self.costs)
        return _Tally(*([row for row in rows if getattr(row, column) == name] for rows in groups))


def overview(since: datetime) -> Overview:
    """The figures of the workspace in scope since a moment."""
    tally = _Tally(_runs(since), _reviews(since), _handovers(since), _costs(since))
    by_ai, by_people = _seconds_by_ai(since), _seconds_by_people(since)
    saved = None if by_ai is None or by_people is None else max(0.0, by_people - by_ai)
    return Overview(
        since=since,
        total=_figures("", tally, saved),
        questions=Reading.objects.filter(created_at__gte=since).values("conversation").distinct().count(),
        reasons=_counts(tally.handovers).most_common(),
        by_intent=_split(tally, "intent", saved),
        by_language=_split(tally, "language", saved),
        seconds_by_ai=by_ai,
        seconds_by_people=by_people,
        waiting=_counts(tally.runs)[State.WAITING],
        is_cost_apart=any(row.intent is None for row in tally.costs),
    )


def to_review(since: datetime, limit: int = 5) -> list[Proposal]:
    """Some of the answers that were sent and that nobody has reviewed, drawn by lot. What cites nothing answered nothing."""
    sent = Proposal.objects.filter(state=Proposal.State.SENT, review="", created_at__gte=since, message__isnull=False)
    drawn = sent.select_related("conversation__contact", "conversation__inbox", "intent").order_by("?")[: 10 * limit]
    return [one for one in drawn if one.sources][:limit]


def _figures(name: str, tally: _Tally, saved: float | None) -> Figures:
    """`saved`: seconds that a customer waits less for each question that is resolved without a person."""
    states, verdicts, costs = _counts(tally.runs), _counts(tally.reviews), _counts(tally.costs)
    answered, handed_over = states.total(), sum(row.count for row in tally.handovers)
    settled = answered - states[State.WAITING]
    alone = states[State.CONFIRMED] + states[State.ASSUMED]
    return Figures(
        name=name,
        answered=answered,
        abstained=Share(handed_over, handed_over + answered),
        settled=settled,
        confirmed=Share(states[State.CONFIRMED], settled),
        assumed=Share(states[State.ASSUMED], settled),
        unresolved=Share(states[State.HANDED_OVER] + states[State.TAKEN_OVER] + states[State.ASKED_AGAIN], settled),
        wrong=Share(verdicts[Proposal.Review.WRONG], verdicts.total()),
        saved_seconds=None if saved is None else saved * alone,
        cost_micros=None if costs["unknown"] else costs["known"],
    )


def _split(tally: _Tally, column: str, saved: float | None) -> list[Figures]:
    """The figures of each intent or language, those with the most questions first."""
    groups = (tally.runs, tally.handovers, tally.costs)
    names = {getattr(row, column) for rows in groups for row in rows} - {None}
    found = [_figures(name, tally.part(column, name), saved) for name in names]
    return sorted(found, key=lambda one: (-one.abstained.of, one.name))


def _counts(rows: Sequence[_Row]) -> Counter[str]:
    found: Counter[str] = Counter()
    for row in rows:
        found[row.kind] += row.count
    return found


def _runs(since: datetime) -> list[_Row]:
    return _grouped(Resolution.objects.filter(answered_at__gte=since), "intent__name", "language", "state")


def _reviews(since: datetime) -> list[_Row]:
    rows = Proposal.objects.filter(state=Proposal.State.SENT, created_at__gte=since).exclude(review="")
    return _grouped(rows, "intent__name", "language", "review")


def _handovers(since: datetime) -> list[_Row]:
    """By what the customer's newest message before it was about."""
    before = Reading.objects.filter(conversation=OuterRef("conversation"), seq__lte=OuterRef("seq")).order_by("-seq")
    rows = Handover.objects.filter(created_at__gte=since).annotate(**_read(before))
    return _grouped(rows, "read_intent", "read_language", "reason")


def _grouped(rows: QuerySet[Any], intent: str, language: str, kind: str) -> list[_Row]:
    counted = rows.order_by().values_list(intent, language, kind).annotate(count=Count("id"))
    return [_Row(of_intent or "", of_language or "", word, count) for of_intent, of_language, word, count in counted]


def _costs(since: datetime) -> list[_Row]:
    """What providers cost, by what the customer's newest message was about when they were asked."""
    before = Reading.objects.filter(conversation=OuterRef("conversation"), created_at__lte=OuterRef("created_at"))
    asked = Use.objects.filter(created_at__gte=since, provider__isnull=False).annotate(**_read(before.order_by("-seq")))
    counted = asked.annotate(is_apart=Q(conversation=None)).order_by().values_list("is_apart", "read_intent", "read_language")
    unknown = Count("id", filter=Q(cost_micros=None) & ~Q(outcome=Use.PENDING))
    found = []
    for is_apart, intent, language, cost, missing in counted.annotate(cost=Sum("cost_micros"), missing=unknown):
        about, spoken = (None, None) if is_apart else (intent or "", language or "")
        found += [_Row(about, spoken, "known", int(cost or 0)), _Row(about, spoken, "unknown", missing)]
    return found


def _read(readings: QuerySet[Reading]) -> dict[str, Subquery]:
    """What the first of these readings says, as columns."""
    intent = Case(When(is_in_scope=True, then=F("intent__name")), default=Value(""))
    return {
        "read_intent": Subquery(readings.annotate(known=intent).values("known")[:1]),
        "read_language": Subquery(readings.values("language")[:1]),
    }


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
