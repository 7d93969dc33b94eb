"""A try-out's result in words."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from ai.models.replies import Reason

#: The guard's and the last look's faults.
_FAULTS: dict[str, StrOrPromise] = {
    "coverage": gettext_lazy("says more than its source"),
    "number": gettext_lazy("a number that the source does not have"),
    "name": gettext_lazy("a name that the source does not have"),
    "negation": gettext_lazy("says the opposite"),
    "link": gettext_lazy("a link that is not the source's"),
    "address": gettext_lazy("an address that is not the source's"),
    "markup": gettext_lazy("markup"),
    "posing": gettext_lazy("claims to be a person"),
    "promise": gettext_lazy("promises what the source does not"),
    "leak": gettext_lazy("tells its instructions"),
    "command": gettext_lazy("talks to a machine"),
    "no_source": gettext_lazy("names no source"),
}


@dataclass(frozen=True, slots=True)
class Trial:
    """What the page shows. `checks`: each sentence with what is wrong with it, in words."""

    question: str
    decision: str
    is_sent: bool
    text: str
    closing: str
    reason: StrOrPromise
    way: str
    sources: list[dict[str, Any]]
    checks: list[tuple[str, list[str]]]
    evidence: int
    confidence: int
    language: str
    intent: str
    model: str
    actual: str


def trial_of(result: dict[str, Any]) -> Trial | None:
    """The result of a try-out; None for one that has none yet."""
    if "kind" not in result:
        return None
    is_sent = result["kind"] == "answer"
    return Trial(
        question=result["question"],
        decision=_("Answers") if is_sent else _("Hands over to a person"),
        is_sent=is_sent,
        text=result["text"],
        closing=result["closing"],
        reason=Reason(result["reason"]).label if result["reason"] else "",
        way=" → ".join(result["steps"]),
        sources=list({one["document"]: one for one in result["sources"]}.values()),
        checks=[(one["text"], [str(_FAULTS.get(code, code)) for code in one["reasons"]]) for one in result["checks"]],
        evidence=round(100 * result["evidence"]),
        confidence=round(100 * result["confidence"]),
        language=result["language"],
        intent=result["intent"],
        model=_("Quoted from the source") if result["model"] == "extract" else result["model"],
        actual=result["actual"],
    )
