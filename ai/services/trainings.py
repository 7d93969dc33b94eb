"""What becomes of a training: asked for, begun by one worker, ended in words; taken up again when its process died."""

from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from ai.models import Training
from core.events import publish
from core.tenancy import crossing, current_workspace_id, scope
from core.wakeup import wake_up

TASK = "ai.tasks.train"
#: Seconds that a training may take.
LIMIT = 600
#: It was begun so often and never ended: whatever kills its process would do so for ever.
_MOST_ATTEMPTS = 3
#: A training that is not heard of for longer has lost its process.
_LOST = timedelta(seconds=LIMIT + 60)

State = Training.State
OPEN = (State.WAITING, State.RUNNING)


@transaction.atomic
def ask_to_train(task: str) -> None:
    """Have a worker make a candidate once the open transaction has committed, in the scope. Nothing new while one is on it."""
    now = timezone.now()
    Training.objects.get_or_create(task=task, defaults={"asked_at": now})
    others = Training.objects.filter(task=task).exclude(_is_going_on(now))
    if others.update(state=State.WAITING, attempts=0, asked_at=now, began_at=None, ended_at=None):
        publish("ai.model_changed", task=str(task))
        transaction.on_commit(partial(_wake, current_workspace_id(), task), robust=True)


def claim(workspace_id: UUID, task: str) -> datetime | None:
    """Begin what was asked for: when, or None where another worker is on it, it has ended, or it was begun too often."""
    now = timezone.now()
    with scope(workspace_id):
        due = Training.objects.filter(task=task, state__in=OPEN).exclude(_is_going_on(now))
        if due.filter(attempts__gte=_MOST_ATTEMPTS).update(state=State.FAILED, ended_at=now):
            publish("ai.model_changed", task=str(task))
            return None
        if not due.update(state=State.RUNNING, began_at=now, attempts=F("attempts") + 1):
            return None
        publish("ai.model_changed", task=str(task))
        return now


def settle(workspace_id: UUID, task: str, began: datetime, state: State) -> None:
    """Say what became of what `claim` began, unless another worker has taken it up."""
    with scope(workspace_id):
        mine = Training.objects.filter(task=task, state=State.RUNNING, began_at=began)
        if mine.update(state=state, ended_at=timezone.now()):
            publish("ai.model_changed", task=str(task))


def wake_lost() -> None:
    """Wake a worker for what was asked for and not begun, or begun by a process that died."""
    now = timezone.now()
    with crossing("find trainings that nobody is on"):
        waiting = Training.objects.filter(state__in=OPEN, asked_at__lt=now - timedelta(seconds=30)).exclude(_is_going_on(now))
        found = list(waiting.order_by("asked_at").values_list("workspace_id", "task")[:100])
    for workspace_id, task in found:
        _wake(workspace_id, task)


def _is_going_on(now: datetime) -> Q:
    return Q(state=State.RUNNING, began_at__gt=now - _LOST)


def _wake(workspace_id: UUID, task: str) -> None:
    wake_up(TASK, str(workspace_id), str(task), expires=3600)
