"""Candidates: lessons gathered, trained and judged in a process of its own, put to use or not."""

import base64
import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from django.db import transaction
from django.utils import timezone

from ai.gate import ClosedError, Purpose, Subject, enter
from ai.models import FeedbackEvent, Intent, ModelVersion, Switch
from ai.purposes import Closed
from ai.services.versions import artefact_json, retire, store_candidate
from ai.switching import closed_by
from core.tenancy import scope
from core.tenancy.workspaces import workspace_ids
from core.vault import keyring
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

TASK = "ai.tasks.train_intents"
#: Training starts with this many lessons in at least two labels.
FEWEST, FEWEST_LABELS = 6, 2
#: The newest lessons that one candidate is trained on.
MOST = 5000
#: Seconds that a training may take.
_LIMIT = 600
_ROOT = Path(__file__).resolve().parents[2]
_TASK = FeedbackEvent.Task.INTENT
_PURPOSES = ("", Purpose.LEARN)


class TrainingFailedError(Exception):
    """The training process ended without a candidate."""


def train_intents(workspace_id: UUID) -> ModelVersion | None:
    """Make a candidate of a workspace's lessons and let the judgement decide; None where there is nothing to learn from.

    Never inside a scope: it takes seconds. What was switched off meanwhile is found at the end, and nothing is kept then.
    """
    try:
        opened = enter(Purpose.LEARN, Subject(workspace_id))
        with scope(workspace_id):
            events, labels, protected = _gather()
            live = ModelVersion.objects.filter(task=_TASK, state=ModelVersion.State.LIVE).first()
            job = _job(events, labels, protected, live)
        if len(events) < FEWEST or len({one.correction for one in events}) < FEWEST_LABELS or len(labels) < FEWEST_LABELS:
            return None
        found = _run(job)
        with scope(workspace_id):
            opened.check()
            if len(_allowed(events)) < len(events):
                return None  # somebody objected meanwhile; the next candidate is without them
            return store_candidate(found, events, live)
    except ClosedError:
        return None


def ask_to_train(workspace_id: UUID) -> None:
    """Have a worker make a candidate, once the open transaction has committed."""
    transaction.on_commit(partial(wake_up, TASK, str(workspace_id), expires=3600), robust=True)


def sweep() -> None:
    """Every day: ask for a candidate wherever something new was taught."""
    for workspace_id in workspace_ids():
        with scope(workspace_id):
            newest = ModelVersion.objects.filter(task=_TASK).order_by("-number").values_list("created_at", flat=True).first()
            lessons = FeedbackEvent.objects.filter(task=_TASK)
            is_new = lessons.filter(created_at__gt=newest).exists() if newest else lessons.exists()
        if is_new:
            wake_up(TASK, str(workspace_id), expires=3600)


def sweep_erased() -> None:
    """Every hour: take models out of use whose lessons' people were erased or have objected, and train anew without them."""
    for workspace_id in workspace_ids():
        with scope(workspace_id):
            stale = [one for one in ModelVersion.objects.filter(arrays__isnull=False) if _is_stale(one)]
            was_live = any(one.state == ModelVersion.State.LIVE for one in stale)
            for version in stale:
                retire(version, why="erased")
        if was_live:
            wake_up(TASK, str(workspace_id), expires=3600)


def _is_stale(version: ModelVersion) -> bool:
    events = list(FeedbackEvent.objects.filter(lineage__model=version))
    return len(events) < version.examples or len(_allowed(events)) < len(events)


def _gather() -> tuple[list[FeedbackEvent], list[str], list[str]]:
    intents = list(Intent.objects.filter(is_enabled=True))
    labels = [one.name for one in intents]
    rows = FeedbackEvent.objects.filter(task=_TASK, correction__in=[*labels, ""]).order_by("-id")[:MOST]
    protected = [one.name for one in intents if one.priority >= 3 or not one.may_be_automatic]
    return _allowed(list(reversed(rows))), labels, protected


def _allowed(events: list[FeedbackEvent]) -> list[FeedbackEvent]:
    """Those of people who may be learned from still: not erased, no objection, restriction or sign of a minor."""
    contacts = {one.contact_id: one.workspace_id for one in events}
    if not _anything_is_off():
        closed: set[UUID] = set()
    else:
        closed = {contact for contact, owner in contacts.items() if _is_closed(Subject(owner, contact_id=contact))}
    keyring.load({one.key_id for one in events})
    return [one for one in events if one.contact_id not in closed and not one.is_erased]


def _anything_is_off() -> bool:
    from conversations.models import Contact

    is_off = Switch.objects.filter(level=Switch.Level.CONTACT, purpose__in=_PURPOSES).exists()
    return is_off or Contact.objects.filter(is_blocked=True).exists()


def _is_closed(subject: Subject) -> bool:
    return closed_by(Purpose.LEARN, subject) not in {None, Closed.WORKSPACE, Closed.PURPOSE}


def _job(events: list[FeedbackEvent], labels: list[str], protected: list[str], live: ModelVersion | None) -> dict[str, Any]:
    return {
        "lessons": [_lesson(one) for one in events],
        "labels": labels,
        "protected": protected,
        "champion": None if live is None else artefact_json(live),
        "notes": {"parent": None if live is None else live.number, "trained": timezone.now().date().isoformat()},
    }


def _lesson(event: FeedbackEvent) -> dict[str, Any]:
    vectors = {name: np.frombuffer(base64.b64decode(found), dtype=np.float16).tolist() for name, found in event.vectors.items()}
    agent, day = str(event.user_id), event.created_at.date().isoformat()
    return {
        "text": event.text,
        "label": event.correction,
        "language": event.language,
        "agent": agent,
        "day": day,
        "vectors": vectors,
    }


def _run(job: dict[str, Any]) -> dict[str, Any]:
    """The training process. Texts go through a pipe, never to a disk; it knows neither database nor keys."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHATZEE_")}
    environment = {**kept, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(  # our own module
        [sys.executable, "-m", "ai.learning"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=_LIMIT,
        check=False,
        env=environment,
        cwd=_ROOT,
    )
    if done.returncode:
        raise TrainingFailedError(f"The training process ended with {done.returncode}.")
    found: dict[str, Any] = json.loads(done.stdout)
    if "error" in found:
        raise TrainingFailedError(found["error"])
    log.info("ai.trained", verdict=found["judgement"]["verdict"], examples=found["examples"])
    return found
