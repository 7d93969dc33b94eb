"""What AI learns, in words for people: kinds of models, their labels, and what there is before anything was learned."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy
from django_stubs_ext import StrOrPromise

from ai.models import FeedbackEvent, Reading
from conversations.models import Conversation

Task = FeedbackEvent.Task


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of model: its name, what is done without one, how it is taught, and what its labels are called."""

    name: StrOrPromise
    icon: str
    without: StrOrPromise
    taught_by: StrOrPromise
    label: StrOrPromise
    by_label: StrOrPromise


KINDS: dict[str, Kind] = {
    Task.INTENT: Kind(
        gettext_lazy("Intents"),
        "tags",
        gettext_lazy("Intents are known by their names and descriptions."),
        gettext_lazy("Accept or correct, beside a conversation, what a message is about."),
        gettext_lazy("Intent"),
        gettext_lazy("Intent by intent"),
    ),
    Task.MOOD: Kind(
        gettext_lazy("Mood"),
        "smile",
        gettext_lazy("English moods are read from a list of words. Other languages have none until your team teaches them."),
        gettext_lazy("Accept or correct, beside a conversation, the mood of a message."),
        gettext_lazy("Mood"),
        gettext_lazy("Mood by mood"),
    ),
    Task.PRIORITY: Kind(
        gettext_lazy("Priority"),
        "signal",
        gettext_lazy("Urgent words, anger and the intents' own priorities decide."),
        gettext_lazy("Set priorities as usual. Resolving a conversation says that the priority it was given was right."),
        gettext_lazy("Priority"),
        gettext_lazy("Priority by priority"),
    ),
    Task.REPLY: Kind(
        gettext_lazy("Replies"),
        "message-square-reply",
        gettext_lazy("How well your articles answer a question decides what is suggested and what is sent."),
        gettext_lazy("Use, edit or reject suggested replies, and review answers that were sent."),
        gettext_lazy("Outcome"),
        gettext_lazy("Outcome by outcome"),
    ),
}


def label_words(task: str, label: str) -> str:
    """A label as people call it."""
    if task == Task.MOOD and label in Reading.Mood.values:
        return str(Reading.Mood(label).label)
    if task == Task.PRIORITY and label.isdigit() and int(label) in Conversation.Priority.values:
        return str(Conversation.Priority(int(label)).label)
    if task == Task.REPLY:
        return {"used": _("Used"), "refused": _("Not used")}.get(label, label)
    return label or _("None of them")


def measures_of(task: str, before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, str, str]]:
    """The figures of a comparison that mean something for this kind, each before and after."""
    rows = [(_("Correct"), percent(before.get("accuracy")), percent(after.get("accuracy")))]
    if task == Task.REPLY:
        rows = [
            (_("Shown what was used, hidden what was not"), percent(before.get("accuracy")), percent(after.get("accuracy"))),
            (_("Would go out by themselves"), _count(before.get("sent")), _count(after.get("sent"))),
            (_("… of those, not wanted"), _count(before.get("sent_wrong")), _count(after.get("sent_wrong"))),
        ]
    calibration = (_("Promises that are not kept (calibration error)"), percent(before.get("ece")), percent(after.get("ece")))
    rows.append(calibration)
    if task == Task.INTENT:
        auroc = (_("Tells what belongs to no intent (AUROC)"), percent(before.get("auroc")), percent(after.get("auroc")))
        rows.append(auroc)
    return rows


def percent(share: float | None) -> str:
    """A share from 0 to 1; a dash where it is not known."""
    return "–" if share is None else f"{100 * share:.1f} %"


def points(share: float | None) -> str:
    """A difference of shares."""
    return "–" if share is None else f"{100 * share:+.1f}"


def _count(number: int | None) -> str:
    return "–" if number is None else str(number)
