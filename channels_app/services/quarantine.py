"""Events that could not be applied: nothing is dropped, everything can be replayed."""

from functools import partial

from django.db import transaction
from django.utils import timezone

from channels_app.models import InboundEvent
from core.audit import Action, Actor, record
from core.wakeup import wake_up

State = InboundEvent.State


@transaction.atomic
def replay(event: InboundEvent, *, actor: Actor) -> None:
    """Put a quarantined event back in line; a worker tries it again at once."""
    if event.state != State.QUARANTINED:
        return
    event.state, event.attempts, event.next_attempt_at = State.WAITING, 0, timezone.now()
    event.save(update_fields=["state", "attempts", "next_attempt_at"])
    record(Action.QUARANTINE_REPLAYED, actor=actor, target=event)
    transaction.on_commit(partial(wake_up, "channels_app.tasks.drain_inbound"), robust=True)


@transaction.atomic
def replay_all(*, actor: Actor) -> int:
    """Put every quarantined event of the workspace back in line, in the order in which they came; return how many."""
    waiting = InboundEvent.objects.filter(state=State.QUARANTINED)
    count = waiting.update(state=State.WAITING, attempts=0, next_attempt_at=timezone.now())
    if count:
        record(Action.QUARANTINE_REPLAYED, actor=actor, count=count)
        transaction.on_commit(partial(wake_up, "channels_app.tasks.drain_inbound"), robust=True)
    return count


@transaction.atomic
def dismiss(event: InboundEvent, *, actor: Actor) -> None:
    """Say that a quarantined event needs nothing more; it is kept until its retention ends."""
    if event.state != State.QUARANTINED:
        return
    event.state = State.DISMISSED
    event.save(update_fields=["state"])
    record(Action.QUARANTINE_REPLAYED, actor=actor, target=event, dismissed=True)
