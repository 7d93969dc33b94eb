"""Candidates: lessons gathered, trained and judged in a process of its own, put to use or not; for every task alike."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from django.utils import timezone

from ai.gate import ClosedError, Opened, Purpose, Subject, enter
from ai.models import FeedbackEvent, ModelVersion
from ai.services.gathering import Gathered, allowed, gather, job_of, somebody_left_since
from ai.services.promoting import destroy, keep_candidate
from ai.services.trainings import LIMIT as _LIMIT, State, ask_to_train, claim, settle
from core.tenancy import scope
from core.tenancy.workspaces import workspace_ids

log = structlog.get_logger(__name__)

Task = FeedbackEvent.Task
#: Training starts with this many lessons in at least two labels.
FEWEST, FEWEST_LABELS = 6, 2
#: Seconds from one question whether it may go on to the next.
_TICK = 1
_ROOT = Path(__file__).resolve().parents[2]


class TrainingFailedError(Exception):
    """The training process ended without a candidate."""


class _ObjectedError(Exception):
    """Somebody whose lessons are being learned from may not be learned from any more."""


def run(workspace_id: UUID, task: str) -> None:
    """The training that was asked for, and what became of it; nothing where another worker is on it. Never inside a scope."""
    began = claim(workspace_id, task)
    if began is None:
        return
    outcome = State.FAILED
    try:
        outcome, _version = train(workspace_id, task)
    finally:
        settle(workspace_id, task, began, outcome)


def train(workspace_id: UUID, task: str) -> tuple[State, ModelVersion | None]:
    """Make a candidate of a workspace's lessons and let the judgement decide; what became of it.

    Never inside a scope: it takes seconds. What is switched off meanwhile ends it within a second or two, and nothing is kept.
    Raises TrainingFailedError.
    """
    try:
        opened = enter(Purpose.LEARN, Subject(workspace_id))
        began = timezone.now()
        with scope(workspace_id):
            gathered = gather(task)
            live = ModelVersion.objects.filter(task=task, state=ModelVersion.State.LIVE).first()
            job = job_of(gathered, live)
        found = _run(job, partial(_go_on, opened, gathered, began)) if _is_enough(gathered) else None
        if found is None:
            return State.TOO_LITTLE, None
        with scope(workspace_id):
            opened.check()
            if not _are_allowed(gathered):
                return State.STOPPED, None
            return State.DONE, keep_candidate(task, found, gathered.events, live)
    except (ClosedError, _ObjectedError):
        return State.STOPPED, None  # where somebody objected, the next candidate is without them


def sweep() -> None:
    """Every day: ask for a candidate wherever something new was taught."""
    for workspace_id in workspace_ids():
        with scope(workspace_id):
            for task in Task.values:
                if _has_news(task):
                    ask_to_train(task)


def sweep_erased() -> None:
    """Every hour: take models out of use whose lessons' people were erased or have objected, and train anew without them."""
    for workspace_id in workspace_ids():
        with scope(workspace_id):
            stale = [one for one in ModelVersion.objects.filter(arrays__isnull=False) if _is_stale(one)]
            were_wanted = {one.task for one in stale if one.state in (ModelVersion.State.LIVE, ModelVersion.State.WAITING)}
            for version in stale:
                destroy(version, why="erased")
            for task in were_wanted:
                ask_to_train(task)


def _is_enough(gathered: Gathered) -> bool:
    is_taught = len(gathered.events) >= FEWEST and len(gathered.taught) >= FEWEST_LABELS
    return is_taught and len(gathered.syllabus.labels) >= FEWEST_LABELS


def _has_news(task: str) -> bool:
    newest = ModelVersion.objects.filter(task=task).order_by("-number").values_list("created_at", flat=True).first()
    lessons = FeedbackEvent.objects.filter(task=task)
    return lessons.filter(created_at__gt=newest).exists() if newest else lessons.exists()


def _is_stale(version: ModelVersion) -> bool:
    events = list(FeedbackEvent.objects.filter(lineage__model=version))
    return len(events) < version.examples or len(allowed(events)) < len(events)


def _go_on(opened: Opened, gathered: Gathered, began: datetime) -> None:
    """Ask whether a training may go on. Raises ClosedError, _ObjectedError."""
    opened.check()
    with scope(opened.subject.workspace_id):
        is_allowed = not somebody_left_since(began) or _are_allowed(gathered)
    if not is_allowed:
        raise _ObjectedError


def _are_allowed(gathered: Gathered) -> bool:
    return len(allowed(gathered.events)) == len(gathered.events)


def _run(job: dict[str, Any], go_on: Callable[[], None]) -> dict[str, Any] | None:
    """The training process; None where the lessons teach nothing yet. Texts go through a pipe, never to a disk; it knows neither
    database nor keys. `go_on` is asked every second; what it raises ends the process."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CHATZEE_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "ai.learning"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**kept, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        cwd=_ROOT,
    )
    with process:
        try:
            output = _output_of(process, json.dumps(job), go_on)
        finally:
            # It has no children, and stays in our group: whoever ends the worker's group ends it as well.
            process.kill()
    if process.returncode:
        raise TrainingFailedError(f"The training process ended with {process.returncode}.")
    found: dict[str, Any] = json.loads(output)
    if "error" in found:
        log.info("ai.not_trained", task=job["task"], why=found["error"])
        return None
    log.info("ai.trained", task=job["task"], verdict=found["judgement"]["verdict"], examples=found["examples"])
    return found


def _output_of(process: subprocess.Popen[str], words: str, go_on: Callable[[], None]) -> str:
    deadline = time.monotonic() + _LIMIT
    given: str | None = words
    while time.monotonic() < deadline:
        try:
            return process.communicate(given, timeout=_TICK)[0]
        except subprocess.TimeoutExpired:
            given = None  # what is left of it goes on being written
            go_on()
    raise TrainingFailedError(f"The training process took more than {_LIMIT} seconds.")
