"""AI's purposes, outcomes and reasons in words for people."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from ai.models import Use
from ai.providers.wording import words_of
from ai.purposes import Closed, Purpose
from ai.services.sureness import Sureness


def purpose_rows(off: Collection[str]) -> list[dict[str, Any]]:
    """The purposes with what each does; `off` are those that are switched off."""
    effects = {
        Purpose.ANSWER: _("Replies by itself in inboxes that are set to. Each sentence is checked against its source first."),
        Purpose.SUGGEST: _("Suggests replies, summaries and translations. Nothing goes out before a person sends it."),
        Purpose.ANALYSE: _(
            "Tells language, intent, mood and priority. It is done on this server: no message leaves it. Golden questions are "
            "measured under it too, with the provider that answers customers."
        ),
        Purpose.LEARN: _("What agents accept and correct teaches models of this workspace alone. They never leave it."),
    }
    return [{"value": one.value, "label": one.label, "effect": effects[one], "is_on": one not in off} for one in Purpose]


def outcome_words(outcome: str) -> str:
    """What became of a use, in a sentence."""
    if outcome == Use.OK:
        return _("Answered")
    if outcome == Use.PENDING:
        return _("Running")
    if outcome.startswith("closed_"):
        return closed_words(outcome.removeprefix("closed_"))
    lost = {"lost": _("Its process died; it counts as spent."), "failed": _("Something went wrong here, not at the provider.")}
    return lost.get(outcome) or words_of(outcome)


def closed_words(reason: str) -> str:
    """Why AI may not be used, in a sentence."""
    known: dict[str, str] = {
        Closed.WORKSPACE: _("AI is switched off in this workspace."),
        Closed.PURPOSE: _("This use of AI is switched off in this workspace."),
        Closed.INBOX: _("AI is switched off in this inbox."),
        Closed.MODE: _("This inbox is not set to it."),
        Closed.CONVERSATION: _("AI is switched off in this conversation."),
        Closed.CONTACT: _("AI is switched off for this customer."),
        Closed.OBJECTION: _("The customer objected to AI."),
        Closed.RESTRICTION: _("The customer's data are restricted."),
        Closed.MINOR: _("The customer may be a minor."),
        Closed.CONSENT: _("The customer has not agreed to be learned from."),
        Closed.BLOCKED: _("The customer is blocked."),
        Closed.GONE: _("The conversation is not there any more."),
        Closed.BUDGET: _("This month's budget is spent."),
        Closed.UNPRICED: _("There is a budget, and the model's price is not known. Type its prices."),
        Closed.NO_PROVIDER: _("No provider is set up for this."),
    }
    return known.get(reason, _("AI is switched off."))


def sureness_words(sureness: Sureness) -> str:
    """How sure the AI is: in percent where that was measured, else in a word."""
    if sureness.chance is not None:
        return f"{round(100 * sureness.chance)} %"
    return _("likely") if sureness.is_likely else _("unsure")


def decision_words(decision: str) -> str:
    """Why a model is, or is not, in use."""
    return {
        "better": _("Measurably better than the one before."),
        "few": _("Too few held-out messages to tell: 50 are needed."),
        "not_better": _("No better than the one before."),
        "unsure": _("Better by chance, perhaps: its lower bound is too low."),
        "protected": _("It recognises an important intent less often."),
        "scope": _("It tells less well what belongs to no intent."),
        "calibration": _("Its probabilities promise more than they hold."),
        "precision": _("More of what it would send by itself would not be wanted."),
        "given up": _("Better on lessons; discarded, or a newer one took its place, before it was put to use."),
        "replaced": _("A better one took its place."),
        "by hand": _("Rolled back by hand."),
        "watch": _("It was corrected more often than the one before, and took itself back."),
        "erased": _("Somebody it had learned from was erased or objected: destroyed."),
    }.get(decision, decision)
