"""What a training is made of: lessons of a task, of people who may still be learned from, as the training process reads them."""

import base64
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np
from django.utils import timezone

from ai.engine.settled import MOODS, PRIORITIES
from ai.gate import Purpose, Subject
from ai.models import FeedbackEvent, Intent, ModelVersion, Reading, Switch
from ai.purposes import Closed
from ai.services.rules import rules_of
from ai.services.settings import settings_of
from ai.services.versions import artefact_json
from ai.switching import closed_for
from conversations.models import ConsentEvent, Contact
from core.tenancy import current_workspace_id
from core.vault import keyring

Task = FeedbackEvent.Task
#: The newest lessons that one candidate is trained on.
MOST = 5000
#: Conversations of this priority or more must not be recognised less often than before.
_HIGH = 3
_PURPOSES = ("", Purpose.LEARN)


@dataclass(frozen=True, slots=True)
class Syllabus:
    """What may be learned of a task now: its labels, and those that no model may recognise less often than the one before."""

    labels: list[str]
    protected: list[str]


@dataclass(frozen=True, slots=True)
class Gathered:
    """Lessons, oldest first, with what they teach."""

    task: str
    events: list[FeedbackEvent]
    syllabus: Syllabus

    @property
    def taught(self) -> set[str]:
        """The labels that the lessons hold."""
        return {one.correction for one in self.events}


def gather(task: str) -> Gathered:
    """The newest lessons of the workspace in scope that may be learned from."""
    syllabus = _SYLLABI[Task(task)]()
    wanted = [*syllabus.labels, *([""] if task == Task.INTENT else [])]
    rows = FeedbackEvent.objects.filter(task=task, correction__in=wanted).order_by("-id")[:MOST]
    return Gathered(task, allowed(list(reversed(rows))), syllabus)


def allowed(events: list[FeedbackEvent]) -> list[FeedbackEvent]:
    """Those of people who may be learned from still: not erased, no objection, restriction or sign of a minor.

    Where only people who agreed are learned from, these are lessons that were noted on their consent, which stands.
    """
    if settings_of().learns_by_consent:
        events = [one for one in events if one.basis == FeedbackEvent.Basis.CONSENT]
    closed = _closed({one.contact_id for one in events}) if _anything_is_off() else set()
    keyring.load({one.key_id for one in events})
    return [one for one in events if one.contact_id not in closed and not one.is_erased]


def is_closed(contact_id: UUID) -> bool:
    """Whether this person must not be learned from; that all learning is off is another matter, and destroys nothing."""
    return bool(_closed({contact_id}))


def _closed(contacts: Collection[UUID]) -> set[UUID]:
    """Those of them who must not be learned from."""
    asked = closed_for(Purpose.LEARN, Subject(current_workspace_id()), contacts)
    return {contact for contact, by in asked.items() if by not in {None, Closed.WORKSPACE, Closed.PURPOSE}}


def somebody_left_since(moment: datetime) -> bool:
    """Whether anybody was switched off or took their consent back since then: cheap enough to be asked every second, while a
    training goes on."""
    switches = Switch.objects.filter(level=Switch.Level.CONTACT, purpose__in=_PURPOSES, created_at__gte=moment)
    withdrawn = ConsentEvent.objects.filter(purpose=ConsentEvent.Purpose.LEARNING, is_given=False, created_at__gte=moment)
    return switches.exists() or withdrawn.exists()


def job_of(gathered: Gathered, live: ModelVersion | None) -> dict[str, Any]:
    """The training process's input. In the scope."""
    return {
        "task": gathered.task,
        "lessons": _lessons(gathered),
        "labels": gathered.syllabus.labels,
        "protected": gathered.syllabus.protected,
        "champion": None if live is None else artefact_json(live),
        "notes": {"parent": None if live is None else live.number, "trained": timezone.now().date().isoformat()},
    }


def _intents() -> Syllabus:
    intents = list(Intent.objects.filter(is_enabled=True))
    protected = [one.name for one in intents if one.priority >= _HIGH or not one.may_be_automatic]
    return Syllabus([one.name for one in intents], protected)


_SYLLABI: dict[Task, Callable[[], Syllabus]] = {
    Task.INTENT: _intents,
    Task.MOOD: lambda: Syllabus(list(MOODS), ["negative"]),
    Task.PRIORITY: lambda: Syllabus(list(PRIORITIES), [one for one in PRIORITIES if int(one) >= _HIGH]),
    Task.REPLY: lambda: Syllabus(["used", "refused"], []),
}


def _anything_is_off() -> bool:
    is_off = Switch.objects.filter(level=Switch.Level.CONTACT, purpose__in=_PURPOSES).exists()
    return is_off or settings_of().learns_by_consent or Contact.objects.filter(is_blocked=True).exists()


def _lessons(gathered: Gathered) -> list[dict[str, Any]]:
    if gathered.task not in {Task.MOOD, Task.PRIORITY}:
        return [_lesson(one) for one in gathered.events]
    readings = _readings(gathered.events)
    found = []
    for one in gathered.events:
        mood, priority = rules_of(readings.get(one.message_id), one.text)
        ruled = mood if gathered.task == Task.MOOD else priority
        found.append({**_lesson(one), "rule": ruled.label, "floor": ruled.floor})
    return found


def _readings(events: Sequence[FeedbackEvent]) -> dict[UUID, Reading]:
    rows = Reading.objects.filter(message__in={one.message_id for one in events}).select_related("intent")
    return {one.message_id: one for one in rows}


def _lesson(event: FeedbackEvent) -> dict[str, Any]:
    vectors = {name: np.frombuffer(base64.b64decode(found), dtype=np.float16).tolist() for name, found in event.vectors.items()}
    return {
        "text": event.text,
        "label": event.correction,
        "language": event.language,
        "agent": str(event.user_id),
        "day": event.created_at.date().isoformat(),
        "vectors": vectors,
        "facts": event.facts,
    }
