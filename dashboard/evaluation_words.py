"""Measurements in words and drawings: cards with their ranges, the curve of risk over coverage, what a change is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django_stubs_ext import StrOrPromise

from ai.evaluation.golden import FEWEST
from ai.models import AiSettings, Change, Evaluation, EvaluationResult, FeedbackEvent, Intent, ModelVersion, ProviderModel
from ai.purposes import Task
from ai.selectors.figures import Share
from ai.services.nightly import Bill
from conversations.models import Inbox
from dashboard.money import money
from knowledge.languages import name_of
from knowledge.models import Article, Source, SourceItem
from knowledge.selectors.imports import Waiting, changes_in

#: The drawing's inner size, in its own units, and the room for its labels.
WIDE, HIGH, LEFT, TOP = 560, 220, 44, 12
#: Rows of the curve that its table names at most.
_TOLD = 12
_OF_ARTICLES = frozenset(
    {Change.Kind.PUBLISH, Change.Kind.WITHDRAW, Change.Kind.DELETE, Change.Kind.AUDIENCE, Change.Kind.LANGUAGE}
)
#: Parts of an import that a change names.
_NAMED = 5

#: What answers depend on, as `Evaluation.parts` names it.
PARTS: dict[str, StrOrPromise] = {
    "prompt": gettext_lazy("Assistant"),
    "models": gettext_lazy("Models"),
    "thresholds": gettext_lazy("Thresholds"),
    "sources": gettext_lazy("Sources"),
}
OUTCOME_TONES = {"right": "good", "left": "good", "wrong": "bad", "missed": "warn", "skipped": ""}
_FIELDS: dict[str, StrOrPromise] = {
    "assistant_name": gettext_lazy("Name"),
    "persona": gettext_lazy("Who it is"),
    "tone": gettext_lazy("Tone"),
    "guard_rails": gettext_lazy("Rules"),
    "forbidden_topics": gettext_lazy("Topics for people only"),
    "languages": gettext_lazy("Languages"),
    "name": gettext_lazy("Name"),
    "description": gettext_lazy("What customers write"),
    "may_be_automatic": gettext_lazy("May be answered automatically"),
    "minimum_confidence": gettext_lazy("Least confidence"),
    "error_budget": gettext_lazy("Error budget"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: its value, what it means, and what it was before ("" where nothing was)."""

    label: StrOrPromise
    value: str
    detail: str
    before: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The curve, in the drawing's units. `xs`, `ys`: place and label; `now`: where the thresholds stand, None without answers."""

    path: str
    xs: list[tuple[float, str]]
    ys: list[tuple[float, str]]
    now: tuple[float, float] | None
    now_words: str
    area: str
    rows: list[tuple[str, str, str]]
    questions: int
    is_few: bool


def cards_of(evaluation: Evaluation, before: Evaluation | None) -> list[Card]:
    """The figures of a measurement beside those of the one before it."""
    figures, earlier = evaluation.figures, before.figures if before else {}
    found: list[Card] = []
    if figures["asked"]:
        good, good_before = _good(figures), _good(earlier) if earlier.get("asked") else None
        wrong = Share(figures["wrong"], figures["asked"])
        wrong_before = Share(earlier["wrong"], earlier["asked"]) if earlier.get("asked") else None
        missed = Share(figures["missed"], figures["asked"])
        found += [
            _card(_("Dealt with correctly"), good, good_before),
            _card(_("Answered wrongly"), wrong, wrong_before, tone="bad" if wrong.count else ""),
            _card(
                _("Not answered, though it could be"),
                missed,
                Share(earlier["missed"], earlier["asked"]) if wrong_before else None,
            ),
        ]
    left_out = figures["left_out"] if figures["left_out"]["asked"] else figures["own_left_out"]
    left_before = earlier.get("left_out" if figures["left_out"]["asked"] else "own_left_out") or {}
    if left_out["asked"]:
        share = Share(left_out["answered"], left_out["asked"])
        past = Share(left_before["answered"], left_before["asked"]) if left_before.get("asked") else None
        found.append(_card(_("Still answered without its article"), share, past, tone="bad" if share.count else ""))
    if figures["own"]["asked"]:
        own = Share(figures["own"]["found"], figures["own"]["asked"])
        own_before = earlier.get("own") or {}
        past = Share(own_before["found"], own_before["asked"]) if own_before.get("asked") else None
        found.append(_card(_("Articles found by their own title"), own, past))
    if figures["intents"]["of"]:
        found.append(_card(_("Intent recognised"), Share(figures["intents"]["known"], figures["intents"]["of"]), None))
    return found


def drawing_of(evaluation: Evaluation) -> Drawing | None:
    """The curve of a measurement; None where nothing was looked up."""
    curve: dict[str, Any] = evaluation.figures.get("curve") or {}
    if not curve:
        return None
    points: list[list[float]] = curve["points"]
    path = " ".join(f"{'M' if number == 0 else 'L'}{_x(x)} {_y(y)}" for number, (x, y, _evidence) in enumerate(points))
    quarters = (0.0, 0.25, 0.5, 0.75, 1.0)
    answered, questions = Share(curve["answered"], curve["questions"]), curve["questions"]
    wrong = Share(curve["wrong"], curve["answered"])
    now = (_x(answered.value or 0.0), _y(wrong.value or 0.0)) if curve["answered"] else None
    words = _("Now %(answered)s of the questions are answered, %(wrong)s of the answers are wrong.") % {
        "answered": percent(answered.value),
        "wrong": percent(wrong.value),
    }
    step = max(1, len(points) // _TOLD)
    told = [*points[::step][: _TOLD - 1], points[-1]]
    return Drawing(
        path=path,
        xs=[(_x(one), f"{one * 100:.0f} %") for one in quarters],
        ys=[(_y(one), f"{one * 100:.0f} %") for one in quarters],
        now=now,
        now_words=words if now else _("Now none of the questions is answered."),
        area=f"{curve['area']:.3f}",
        rows=[(percent(x), percent(y), percent(evidence)) for x, y, evidence in told],
        questions=questions,
        is_few=questions < FEWEST,
    )


def history_rows(evaluations: Sequence[Evaluation], people: dict[str, str], currency: str) -> list[dict[str, Any]]:
    """Measurements, the newest first, with what had changed since the one before each."""
    rows = []
    for number, one in enumerate(evaluations):
        earlier = next((other for other in evaluations[number + 1 :] if other.parts), None)
        parts = [PARTS[name] for name in PARTS if earlier and one.parts and one.parts.get(name) != earlier.parts.get(name)]
        asked = one.figures.get("asked", 0)
        rows.append(
            {
                "evaluation": one,
                "who": people.get(str(one.user_id), ""),
                "parts": parts,
                "cost": "" if one.cost_micros == 0 else money(one.cost_micros, currency),
                "asked": asked,
                "good": percent(_good(one.figures).value) if asked else "–",
                "wrong": one.figures.get("wrong", 0) if asked else "–",
                "left_out": _left_out(one.figures),
            }
        )
    return rows


def night_words(bill: Bill, settings: AiSettings) -> str:
    """What measuring by night costs at a provider; "" where no provider writes."""
    if bill.micros == 0:
        return ""
    has_budget = settings.budget_micros is not None
    if bill.micros is None:
        return (
            _("Not for now: there is a budget, but the provider's model has no price.")
            if has_budget
            else _("What it costs at your provider is not known: the model has no price.")
        )
    words = _("A measurement costs about %(cost)s at your provider.") % {"cost": money(bill.micros, settings.currency)}
    if not has_budget:
        return words
    if bill.is_affordable:
        return words + " " + _("Nights use at most a tenth of the month's budget.")
    return words + " " + _("Not for now: what is left of the month's budget is for customers' answers.")


def stale_parts(evaluation: Evaluation, parts: dict[str, str]) -> list[StrOrPromise]:
    """What has changed since a measurement."""
    return [PARTS[name] for name in PARTS if evaluation.parts.get(name) != parts.get(name)]


def measured_first(change: Change) -> str:
    """What somebody is told whose change is not made at once."""
    if change.state == Change.State.HELD:
        return _("Held, not made: %(why)s. See it under Evaluation.") % {"why": change.get_why_display()}
    return _("It is measured first, and made by itself if no answer gets worse. See it under Evaluation.")


def about(change: Change) -> str:
    """What a change is about, in a line: an article's title, an intent's name, a model's."""
    payload = change.payload
    kind = Change.Kind(change.kind)
    if kind in _OF_ARTICLES:
        article = Article.objects.filter(pk=payload["article"]).first()
        return payload.get("title") or (article.title if article else "")
    if kind in (Change.Kind.INTENT, Change.Kind.NO_INTENT):
        intent = Intent.objects.filter(pk=payload["intent"]).first()
        return str(payload.get("values", {}).get("name") or (intent.name if intent else ""))
    if kind in (Change.Kind.IMPORT, Change.Kind.REREAD, Change.Kind.NO_IMPORT):
        source = Source.objects.filter(pk=payload["source"]).first()
        return source.title if source else ""
    if kind == Change.Kind.PROMOTE:
        version = ModelVersion.objects.filter(pk=payload["version"]).first()
        of = str(FeedbackEvent.Task(payload["task"]).label)
        return _("%(task)s, model %(number)d") % {"task": of, "number": version.number} if version else of
    if kind == Change.Kind.LEARNED:
        return str(FeedbackEvent.Task(payload["task"]).label)
    if kind == Change.Kind.MODEL:
        model = ProviderModel.objects.filter(pk=payload["model"]).first() if payload["model"] else None
        task = dict(Task.choices).get(payload["task"], _("Everything without a model of its own"))
        return f"{task}: {model.name if model else _('None')}"
    if kind == Change.Kind.INBOX:
        inbox = Inbox.objects.filter(pk=payload["inbox"]).first()
        return inbox.name if inbox else ""
    return ", ".join(str(_FIELDS.get(name, name)) for name in payload)


def details(change: Change) -> list[tuple[str, str]]:
    """The fields that a change would set, with what to; of an import, what was found."""
    if change.kind in (Change.Kind.IMPORT, Change.Kind.REREAD):
        return _found(change) if change.state in (Change.State.MEASURING, Change.State.HELD) else []
    payload: dict[str, Any] = change.payload
    if change.kind == Change.Kind.AUDIENCE:
        return [(_("Who may read it"), str(Article.Audience(payload["to"]).label))]
    if change.kind == Change.Kind.LANGUAGE:
        return [(_("Language"), name_of(payload["to"]))]
    values = payload.get("values", payload) if change.kind in ("settings", "inbox", "intent") else {}
    return [(str(_FIELDS[name]), _said(value)) for name, value in values.items() if name in _FIELDS]


def _found(change: Change) -> list[tuple[str, str]]:
    """Parts of an import that are not used yet, or would go: the names of the first few."""
    source = Source.objects.filter(pk=change.payload["source"]).first()
    waiting = changes_in(source) if source is not None else {}
    labels = {Waiting.NEW: _("New"), Waiting.CHANGED: _("Changed"), Waiting.GONE: _("Gone")}
    found = []
    for kind, label in labels.items():
        wanted = [item_id for item_id, one in waiting.items() if one == kind]
        names = [one.name for one in SourceItem.objects.filter(pk__in=wanted).order_by("place")[:_NAMED]]
        more = len(wanted) - len(names)
        if more:
            names.append(ngettext("and %(count)d more", "and %(count)d more", more) % {"count": more})
        if names:
            found.append((label, "\n".join(names)))
    return found


def percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f} %"


def flips(pairs: Sequence[tuple[EvaluationResult, EvaluationResult]]) -> list[dict[str, Any]]:
    """Questions whose outcome would change."""
    return [
        {
            "question": now.case.question if now.case else "",
            "now": now,
            "then": then,
            "now_tone": OUTCOME_TONES[now.outcome],
            "then_tone": OUTCOME_TONES[then.outcome],
        }
        for now, then in pairs
    ]


def _good(figures: dict[str, Any]) -> Share:
    return Share(figures["right"] + figures["left"], figures["asked"])


def _left_out(figures: dict[str, Any]) -> str:
    """Answers without the source of what was asked: of golden questions, else of articles' own."""
    found = [figures[name] for name in ("left_out", "own_left_out") if figures and figures[name]["asked"]]
    return f"{found[0]['answered']}/{found[0]['asked']}" if found else "–"


def _card(label: str, share: Share, before: Share | None, *, tone: str = "") -> Card:
    """Below twenty questions the share says too little: then it is counted, not shared."""
    past = ""
    if share.of < FEWEST:
        value = _("%(count)d of %(of)d") % {"count": share.count, "of": share.of}
        detail = _("too few for a share")
        if before is not None and (before.count, before.of) != (share.count, share.of):
            past = _("%(count)d of %(of)d") % {"count": before.count, "of": before.of}
        return Card(label, value, detail, past, tone)
    low, high = share.interval or (0.0, 0.0)
    detail = _("%(low)s to %(high)s %%") % {"low": f"{low * 100:.0f}", "high": f"{high * 100:.0f}"}
    detail += " · " + ngettext("of %(of)d question", "of %(of)d questions", share.of) % {"of": share.of}
    if before is not None and percent(before.value) != percent(share.value):
        past = percent(before.value)
    return Card(label, percent(share.value), detail, past, tone)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return percent(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDE - LEFT - 12), 1)


def _y(share: float) -> float:
    return round(TOP + (1 - share) * (HIGH - TOP - 30), 1)
