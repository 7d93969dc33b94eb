"""Measuring answers: every golden question asked the way a customer's would be, as things are and as a change would make them.

Results are rows, one transaction each, so that a measurement goes on where a killed process left it.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from threading import Lock
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from ai import switching
from ai.evaluation.golden import Given, Verdict, judge
from ai.gate import Closed, ClosedError, Opened, Purpose, Subject, enter
from ai.models import Change, Evaluation, EvaluationResult, GoldenCase, Use
from ai.replies.outcome import Kind, Outcome
from ai.selectors.evaluation import figures_of
from ai.services.alerts import note_worse
from ai.services.baselines import baseline_of, settle_baseline, taken
from ai.services.change_kinds import world_with
from ai.services.embedding import embed_waiting
from ai.services.intents import Known, model_by
from ai.services.proposing import cited
from ai.services.reading import read_supposing
from ai.services.thinking import think
from ai.services.worlds import World, own_questions, parts_of, world_now
from core.audit import Actor
from core.events import publish
from core.tenancy import crossing, scope
from core.wakeup import wake_up
from knowledge.models import Document
from knowledge.retrieval import Shelf

log = structlog.get_logger(__name__)

TASK = "ai.tasks.evaluate"
#: A process that has stored no result for so long is dead; the next one goes on. A question takes a provider's 30 s at most.
LEASE = timedelta(seconds=90)
#: Seconds that one task measures before it lets others in, and after which one tries again that found another measuring.
TURN, _LATER = 10.0, 2.0
#: So often is a measurement taken up again before it counts as failed.
MOST_ATTEMPTS = 3
#: Measurements whose single results are kept; older ones keep their figures.
KEPT = 6

#: The AI's process has few threads: one measures, the others answer customers.
_alone = Lock()
Probe, Result, State = EvaluationResult.Probe, EvaluationResult.Outcome, Evaluation.State


@dataclass(frozen=True, slots=True)
class Step:
    """One question to be asked: a golden case's or a document's own, with these documents left out."""

    probe: EvaluationResult.Probe
    is_changed: bool
    question: str
    language: str
    case: GoldenCase | None = None
    document_id: UUID | None = None
    place: int = 0

    @property
    def key(self) -> tuple[object, ...]:
        return (self.case.pk if self.case else None, self.document_id, self.place, str(self.probe), self.is_changed)


@dataclass(slots=True)
class _Side:
    """The world as it is, or as it would be, with the model of its intents; and what is known of it by golden question."""

    world: World
    known: Known | None = None
    baseline: dict[UUID, EvaluationResult] = field(default_factory=dict)
    is_ready: bool = False


@transaction.atomic
def start_evaluation(*, by: User | None, change: Change | None = None, is_nightly: bool = False) -> Evaluation:
    """Have the AI worker measure the workspace in scope; one that waits or runs already is given back instead."""
    open_ones = Evaluation.objects.filter(state__in=(State.WAITING, State.RUNNING), change=change)
    if (found := open_ones.first()) is not None:
        return found
    evaluation = Evaluation(change=change, user=by, is_nightly=is_nightly)
    evaluation.save(force_insert=True)
    publish("ai.evaluation", evaluation=str(evaluation.pk), state=str(evaluation.state))
    transaction.on_commit(partial(wake_up, TASK, str(evaluation.workspace_id), str(evaluation.pk)), robust=True)
    return evaluation


def run_evaluation(workspace_id: UUID, evaluation_id: UUID) -> Evaluation | None:
    """Measure, from where an earlier process stopped; the evaluation once it has ended, None where somebody else is at it.

    Outside any scope. A switch that falls stops it. One at a time in a process, and in turns: customers wait for the same one.
    """
    if not _alone.acquire(blocking=False):
        wake_up(TASK, str(workspace_id), str(evaluation_id), delay=_LATER)
        return None
    try:
        evaluation = _claim(workspace_id, evaluation_id)
        return None if evaluation is None else _run(evaluation)
    finally:
        _alone.release()


def lost_evaluations() -> list[tuple[UUID, UUID]]:
    """Measurements that wait for a worker, or whose worker died, as workspace and id."""
    with crossing("find measurements whose process died"):
        rows = Evaluation.objects.filter(
            state__in=(State.WAITING, State.RUNNING), created_at__lt=timezone.now() - timedelta(seconds=5)
        )
        free = rows.exclude(leased_until__gt=timezone.now())
        return list(free.order_by("created_at").values_list("workspace_id", "id")[:100])


def _run(evaluation: Evaluation) -> Evaluation | None:
    try:
        is_done = _ask_for_a_while(evaluation)
    except ClosedError as closed:
        return _end(evaluation, State.STOPPED, str(closed.reason))
    if is_done:
        return _end(evaluation, State.DONE)
    with scope(evaluation.workspace_id):
        evaluation.leased_until, evaluation.attempts = timezone.now(), 0
        evaluation.save(update_fields=["leased_until", "attempts"])
    wake_up(TASK, str(evaluation.workspace_id), str(evaluation.pk))
    return None


def _claim(workspace_id: UUID, evaluation_id: UUID) -> Evaluation | None:
    now = timezone.now()
    with scope(workspace_id):
        rows = Evaluation.objects.select_for_update(of=("self",), skip_locked=True).select_related("change")
        found = rows.filter(pk=evaluation_id, state__in=(State.WAITING, State.RUNNING)).first()
        if found is None or (found.leased_until and found.leased_until > now):
            return None
        found.attempts += 1
        if found.attempts > MOST_ATTEMPTS:
            found.state, found.error, found.ended_at = State.STOPPED, "failed", now
        else:
            found.state, found.leased_until = State.RUNNING, now + LEASE
        found.save(update_fields=["attempts", "state", "error", "ended_at", "leased_until"])
        return found if found.state == State.RUNNING else None


def _ask_for_a_while(evaluation: Evaluation) -> bool:
    """Ask what has no result yet; whether all is asked. Raises ClosedError when analysing is switched off in the workspace."""
    started = time.monotonic()
    opened = _opened(evaluation.workspace_id, None, evaluation)
    embed_waiting(evaluation.workspace_id)
    with scope(evaluation.workspace_id):
        sides = _sides(evaluation)
        steps = list(_steps(evaluation))
        rows = EvaluationResult.objects.filter(evaluation=evaluation)
        done = set(rows.values_list("case_id", "document_id", "place", "probe", "is_changed"))
        # Of when it began: what has changed since is not what the first questions were asked of.
        evaluation.total, evaluation.parts = len(steps), evaluation.parts or parts_of(sides[False].world)
        evaluation.inbox = None if sides[False].world.inbox._state.adding else sides[False].world.inbox
        evaluation.save(update_fields=["total", "parts", "inbox"])
        sides[False].baseline = baseline_of(evaluation)
    for side in sides.values():
        with scope(evaluation.workspace_id):
            side.known = model_by(opened, side.world.intents, side.world.live)
    for number, step in enumerate(steps, 1):
        if step.key in done:
            continue
        if time.monotonic() - started > TURN:
            return False
        _ask(evaluation, step, sides[step.is_changed], number)
    return True


def _sides(evaluation: Evaluation) -> dict[bool, _Side]:
    if evaluation.change is None:
        return {False: _Side(world_now())}
    changed = world_with(evaluation.change)
    return {False: _Side(world_now(changed.inbox.pk)), True: _Side(changed)}


def _steps(evaluation: Evaluation) -> Iterator[Step]:
    """Golden questions; for a change both ways, else also without their sources, and what articles ask themselves."""
    cases = list(GoldenCase.objects.select_related("conversation", "intent").prefetch_related("sources__article").order_by("id"))
    is_change = evaluation.change is not None
    for case in cases:
        expects_answer = case.expected == GoldenCase.Expected.ANSWER
        # Without words its key has gone; without a source its article has, and nothing could be right.
        if not case.question or (expects_answer and not case.sources.all()):
            continue
        yield Step(Probe.ASKED, False, case.question, case.language, case)
        if is_change:
            yield Step(Probe.ASKED, True, case.question, case.language, case)
        elif expects_answer:
            yield Step(Probe.LEFT_OUT, False, case.question, case.language, case)
    for own in [] if is_change else own_questions():
        for probe in (Probe.OWN, Probe.OWN_LEFT_OUT):
            yield Step(probe, False, own.text, own.language, None, own.document_id, own.place)


def _ask(evaluation: Evaluation, step: Step, side: _Side, number: int) -> None:
    """Ask one question and keep what came of it, or what came of it lately. A case of somebody for whom AI is off is left out."""
    opened = _opened(evaluation.workspace_id, None, evaluation)
    if step.case is not None and step.case.conversation is not None:
        with scope(evaluation.workspace_id):
            if switching.closed_by(Purpose.ANALYSE, Subject.of(step.case.conversation)) is not None:
                _keep(evaluation, step, number, outcome=Result.SKIPPED)
                return
        opened = _opened(evaluation.workspace_id, step.case.conversation.contact_id, evaluation)
    asks_provider = opened.also is not None
    lately = side.baseline.get(step.case.pk) if step.case is not None else None
    if lately is not None and lately.asks_provider == asks_provider:
        with scope(evaluation.workspace_id):
            _keep(evaluation, step, number, **taken(lately))
            return
    world = side.world
    without = _left_out(step, world)
    outcome, knows_intent = _thought(opened, step, side, without)
    right = world.rights_of(step.case) - without if step.case else {step.document_id} - without if step.document_id else set()
    given = Given(outcome.text if _answers(outcome, world) else "", [UUID(str(one["document"])) for one in cited(outcome)])
    is_answerable = step.case is None or step.case.expected == GoldenCase.Expected.ANSWER
    must_say = [str(one) for one in step.case.must_say] if step.case else []
    is_left_out = step.probe in (Probe.LEFT_OUT, Probe.OWN_LEFT_OUT)
    verdict = judge(given, right=right, must_say=must_say, is_answerable=is_answerable, is_left_out=is_left_out)
    found_first = bool(right & set(outcome.looked_up[:1]))
    with scope(evaluation.workspace_id):
        _keep(
            evaluation,
            step,
            number,
            outcome=verdict,
            reason=_unheard(outcome) or str(outcome.reason),
            evidence=outcome.evidence,
            confidence=outcome.confidence,
            would_be_right=verdict is Verdict.RIGHT if given.is_answer and step.case else is_answerable and found_first,
            knows_intent=knows_intent,
            answer=outcome.text if given.is_answer else "",
            sources=cited(outcome) if given.is_answer else [],
            asks_provider=asks_provider,
            asked_at=timezone.now(),
        )


def _thought(opened: Opened, step: Step, side: _Side, without: frozenset[UUID]) -> tuple[Outcome, bool | None]:
    """What the replies' own way of thinking makes of the question, and whether its intent is the one that was named."""
    situation = side.world.situation(step.question, step.language)
    kept = situation.supposed
    shelf = Shelf(kept.shelf.without | without, kept.shelf.trials)
    situation.supposed = replace(kept, shelf=shelf, asks_provider=kept.asks_provider and opened.also is not None)
    with scope(situation.workspace_id):
        read_supposing(situation, opened, side.world.intents, side.known)
    reading = situation.newest_reading
    wanted = step.case.intent_id if step.case else None
    found = reading.intent.pk if reading is not None and reading.intent is not None else None
    return think(situation, opened, is_read_first=side.world.is_read_first), None if wanted is None else found == wanted


def _unheard(outcome: Outcome) -> str:
    """Why the provider that was to answer did not; "" where it did, or none was to."""
    codes = (one for one in outcome.steps if one.startswith("provider_") or one in (Closed.BUDGET, Closed.NO_PROVIDER))
    code = next(codes, "")
    return f"{EvaluationResult.UNHEARD}{code.removeprefix('provider_')}"[:24] if code else ""


def _left_out(step: Step, world: World) -> frozenset[UUID]:
    if step.probe == Probe.LEFT_OUT and step.case is not None:
        return frozenset(world.rights_of(step.case))
    if step.probe == Probe.OWN_LEFT_OUT and step.document_id is not None:
        return frozenset(world.kin_of(step.document_id))
    return frozenset()


def _answers(outcome: Outcome, world: World) -> bool:
    """Whether somebody would read it as an answer: the customer, or an agent where answers are suggested."""
    if outcome.answer is None or outcome.asks or outcome.is_small_talk:
        return False
    return bool(outcome.text) if world.is_read_first else outcome.kind is Kind.ANSWER


def _opened(workspace_id: UUID, contact_id: UUID | None, evaluation: Evaluation) -> Opened:
    """The gate for analysing; for what providers are asked, answering (or suggesting) must be open too."""
    subject = Subject(workspace_id, contact_id=contact_id)
    actor = Actor.system() if evaluation.user_id is None else Actor.user(evaluation.user_id)
    for also in (Purpose.ANSWER, Purpose.SUGGEST):
        try:
            return enter(Purpose.ANALYSE, subject, actor=actor, also=also)
        except ClosedError:
            continue
    return enter(Purpose.ANALYSE, subject, actor=actor)


def _keep(evaluation: Evaluation, step: Step, number: int, **values: object) -> None:
    """Store a result, unless its question has gone meanwhile, and go on with the lease."""
    is_there = step.case is None or GoldenCase.objects.filter(pk=step.case.pk).exists()
    if is_there and (step.document_id is None or Document.objects.filter(pk=step.document_id).exists()):
        result = EvaluationResult(
            evaluation=evaluation,
            case=step.case,
            document_id=step.document_id,
            place=step.place,
            probe=step.probe,
            is_changed=step.is_changed,
            **values,
        )
        result.save(force_insert=True)
    evaluation.done, evaluation.leased_until = number, timezone.now() + LEASE
    evaluation.save(update_fields=["done", "leased_until"])


def _end(evaluation: Evaluation, state: Evaluation.State, error: str = "") -> Evaluation:
    with scope(evaluation.workspace_id):
        evaluation.state, evaluation.error, evaluation.ended_at = state, error, timezone.now()
        evaluation.leased_until = None
        results = list(EvaluationResult.objects.filter(evaluation=evaluation).select_related("case"))
        evaluation.figures = figures_of(results, is_read_first=world_now().is_read_first)
        evaluation.cost_micros = _cost(evaluation)
        settle_baseline(evaluation)
        evaluation.save(update_fields=["state", "error", "ended_at", "leased_until", "figures", "cost_micros"])
        publish("ai.evaluation", evaluation=str(evaluation.pk), state=str(state))
        if evaluation.is_nightly and state == State.DONE:
            note_worse(evaluation)
        _forget_old()
    log.info("ai.evaluated", evaluation=str(evaluation.pk), state=str(state), results=len(results), error=error or None)
    return evaluation


def _cost(evaluation: Evaluation) -> int | None:
    """What providers took for it; None where a price is not known. Only measurements ask them for the purpose of analysing."""
    rows = Use.objects.filter(purpose=Purpose.ANALYSE, provider__isnull=False, created_at__gte=evaluation.created_at)
    if rows.filter(cost_micros=None, tokens_out__gt=0).exists():
        return None
    return int(rows.aggregate(cost=Sum("cost_micros"))["cost"] or 0)


def _forget_old() -> None:
    """Drop the single results of old measurements, but those that an open change was measured by."""
    keep = list(Evaluation.objects.filter(change=None).order_by("-id").values_list("id", flat=True)[:KEPT])
    open_changes = (Change.State.MEASURING, Change.State.HELD)
    old = Evaluation.objects.exclude(id__in=keep).exclude(change__state__in=open_changes)
    recent = timezone.now() - timedelta(days=30)
    EvaluationResult.objects.filter(evaluation__in=old.filter(created_at__lt=recent)).delete()
