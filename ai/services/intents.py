"""The workspace's intents, and the model that tells them apart: learned, or made of their names and descriptions."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ai.engine.intents import IntentModel, TrainingError, read_examples, train
from ai.gate import Opened
from ai.models import Intent, Proposal
from ai.selectors.learned import LiveModel, live_model
from ai.services.models import labels_model
from core.audit import Actor, record
from core.events import publish

MOST = 100
#: The last reviewed answers of an intent that its error budget is measured on, and the fewest that say anything.
REVIEWED, FEWEST_REVIEWED = 50, 5
NAMES_MODEL = "names"


@dataclass(frozen=True, slots=True)
class Known:
    """A model with what it is called. `is_learned`: from the workspace's own messages, so that its gate means something."""

    model: IntentModel
    name: str
    is_learned: bool


@dataclass(frozen=True, slots=True)
class Errors:
    """How many of an intent's last reviewed answers were wrong."""

    reviewed: int
    wrong: int

    def exceed(self, budget: float) -> bool:
        """Whether they are more than the budget (a share) allows; few reviews say nothing."""
        return self.reviewed >= FEWEST_REVIEWED and self.wrong > budget * self.reviewed


_lock = Lock()
_named: dict[UUID, tuple[tuple[tuple[str, str], ...], IntentModel | None]] = {}


def model_of(opened: Opened, intents: Sequence[Intent]) -> Known | None:
    """The model of a workspace with these intents; None with fewer than two. They are kept by the process."""
    workspace_id = opened.subject.workspace_id
    return model_by(opened, intents, live_model(workspace_id))


def model_by(opened: Opened, intents: Sequence[Intent], live: LiveModel | None) -> Known | None:
    """The same with a learned model that is named, or without one."""
    workspace_id = opened.subject.workspace_id
    if live is not None:
        return Known(labels_model(opened, "intent", live), live.name, is_learned=True)
    described = tuple((one.name, one.description) for one in intents)
    with _lock:
        known = _named.get(workspace_id)
        if known is None or known[0] != described:
            known = _named[workspace_id] = (described, _from_names(opened, described))
    return None if known[1] is None else Known(known[1], NAMES_MODEL, is_learned=False)


def _from_names(opened: Opened, described: Sequence[tuple[str, str]]) -> IntentModel | None:
    embedders = opened.engine.embedders
    told = [(text, name) for name, text in described if text]
    examples = read_examples(embedders, [text for text, _name in told], [name for _text, name in told], ["en"] * len(told))
    try:
        return train(examples, embedders, labels=[name for name, _text in described])
    except TrainingError:
        return None


def errors_of(intent: Intent) -> Errors:
    """An intent's last reviewed answers."""
    rows = Proposal.objects.filter(intent=intent).exclude(review="").order_by("-id")
    reviews = list(rows.values_list("review", flat=True)[:REVIEWED])
    return Errors(len(reviews), reviews.count(Proposal.Review.WRONG))


def is_automatic(intent: Intent) -> bool:
    """Whether an intent may be answered without a person now."""
    return intent.may_be_automatic and not errors_of(intent).exceed(intent.error_budget)


def restrain_answers() -> bool:
    """Whether an intent of the workspace is kept from automatic answers, or bounded more strictly than a new one is.

    Then nothing may be answered by itself that nobody has read: it could be of this intent.
    """
    intents = Intent.objects.filter(is_enabled=True)
    if any(_is_strict(one) for one in intents):
        return True
    wrong = Proposal.objects.filter(review=Proposal.Review.WRONG, intent__isnull=False)
    return any(not is_automatic(one) for one in intents.filter(pk__in=wrong.values("intent")))


def _is_strict(intent: Intent) -> bool:
    usual = Intent()
    is_bounded = intent.minimum_confidence > usual.minimum_confidence or intent.error_budget < usual.error_budget
    return is_bounded or not intent.may_be_automatic


@transaction.atomic
def save_intent(intent: Intent, values: dict[str, Any], *, actor: Actor) -> Intent:
    """Store a new or changed intent. Raises ValidationError, in words, for a name that is taken and for too many."""
    is_new = intent._state.adding
    check_intent(intent, values)
    for name, value in values.items():
        setattr(intent, name, value)
    intent.save()
    record("ai.intent_changed", actor=actor, target=intent, fields=sorted(values), is_new=is_new)
    publish("ai.intents_changed")
    return intent


def check_intent(intent: Intent, values: dict[str, Any]) -> None:
    """Raise ValidationError, in words, for a name that is taken and for too many."""
    if intent._state.adding and Intent.objects.count() >= MOST:
        words = _("A workspace has at most %(count)d intents. Join some that mean nearly the same.")
        raise ValidationError(words % {"count": MOST})
    if Intent.objects.filter(name__iexact=values.get("name", intent.name)).exclude(pk=intent.pk).exists():
        raise ValidationError({"name": _("There is an intent of this name already.")})


@transaction.atomic
def delete_intent(intent: Intent, *, actor: Actor) -> None:
    """Forget an intent; what was read and answered under it stays, without it."""
    record("ai.intent_deleted", actor=actor, target=intent)
    intent.delete()
    publish("ai.intents_changed")
