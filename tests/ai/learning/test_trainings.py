"""A training from the asking to the end: one worker at a time, taken up when its process died, and said in words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User, Workspace
from ai.models import FeedbackEvent, Training
from ai.services import training, trainings
from core.tenancy import scope
from tests.factories import make_workspace

pytestmark = pytest.mark.django_db
Task, State = FeedbackEvent.Task, Training.State
BEGIN = datetime(2026, 5, 4, 9, tzinfo=UTC)
type Woken = list[tuple[str, ...]]


@pytest.fixture
def workspace(owner: User) -> Workspace:
    return make_workspace(owner=owner)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> Woken:
    """What workers were woken for."""
    found: Woken = []
    monkeypatch.setattr(trainings, "wake_up", lambda *arguments, **_options: found.append(arguments))
    return found


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The trainings that were begun; each of them finds too little to learn from."""
    found: list[str] = []

    def train(_workspace_id: object, task: str) -> tuple[Training.State, None]:
        found.append(task)
        return State.TOO_LITTLE, None

    monkeypatch.setattr(training, "train", train)
    return found


def ask(workspace: Workspace) -> None:
    with scope(workspace.pk):
        trainings.ask_to_train(Task.MOOD)


def standing(workspace: Workspace) -> tuple[str, int]:
    with scope(workspace.pk):
        found = Training.objects.get()
        return found.state, found.attempts


def die_in(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin the training in a process that is killed: nobody says how it ended."""
    with monkeypatch.context() as patch:
        patch.setattr(training, "settle", lambda *_arguments: None)
        patch.setattr(training, "train", lambda *_arguments: (State.DONE, None))
        training.run(workspace.pk, Task.MOOD)


def test_one_worker_does_what_was_asked_for_once(
    workspace: Workspace, woken: Woken, begun: list[str], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        ask(workspace)
    assert woken == [(trainings.TASK, str(workspace.pk), "mood")]
    assert standing(workspace) == (State.WAITING, 0)
    for _time in range(2):
        training.run(workspace.pk, Task.MOOD)
    assert begun == ["mood"]
    assert standing(workspace) == (State.TOO_LITTLE, 1)
    ask(workspace)
    assert standing(workspace) == (State.WAITING, 0)


def test_nothing_is_asked_for_while_a_worker_is_on_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, begun: list[str]
) -> None:
    ask(workspace)
    die_in(workspace, monkeypatch)
    ask(workspace)
    training.run(workspace.pk, Task.MOOD)
    assert standing(workspace) == (State.RUNNING, 1)
    assert begun == []


def test_what_a_dead_process_left_is_taken_up_but_not_for_ever(
    workspace: Workspace, woken: Woken, begun: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        ask(workspace)
        trainings.wake_lost()
        assert woken == []
        clock.shift(timedelta(minutes=1))
        for attempt in range(1, 4):
            trainings.wake_lost()
            assert len(woken) == attempt
            die_in(workspace, monkeypatch)
            assert standing(workspace) == (State.RUNNING, attempt)
            trainings.wake_lost()
            assert len(woken) == attempt
            clock.shift(timedelta(seconds=trainings.LIMIT + 61))
        training.run(workspace.pk, Task.MOOD)
    assert begun == []
    assert standing(workspace) == (State.FAILED, 3)


def test_who_was_taken_for_dead_has_no_say_any_more(workspace: Workspace) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        ask(workspace)
        first = trainings.claim(workspace.pk, Task.MOOD)
        clock.shift(timedelta(seconds=trainings.LIMIT + 61))
        second = trainings.claim(workspace.pk, Task.MOOD)
        assert first is not None
        assert second is not None
        trainings.settle(workspace.pk, Task.MOOD, first, State.FAILED)
        assert standing(workspace) == (State.RUNNING, 2)
        trainings.settle(workspace.pk, Task.MOOD, second, State.DONE)
    assert standing(workspace) == (State.DONE, 2)


def test_fault_of_ours_is_said_and_told(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise training.TrainingFailedError

    monkeypatch.setattr(training, "train", fail)
    ask(workspace)
    with pytest.raises(training.TrainingFailedError):
        training.run(workspace.pk, Task.MOOD)
    assert standing(workspace) == (State.FAILED, 1)
