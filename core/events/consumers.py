"""Subscribing: functions that consume events in order, at least once, each with a cursor of its own.

A consumer is registered in an app's `ready()`, runs in a worker inside the workspace's scope, and must be safe to run
twice on one event. Its cursor moves in the transaction of its effects.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from uuid import UUID

from django.db import transaction
from redis.exceptions import RedisError

from core.events.models import Event, EventCursor
from core.tenancy import current_workspace_id, scope
from core.valkey import valkey
from core.wakeup import wake_up

#: Takes the events of its types out of a batch, in order; at least one.
type Handler = Callable[[Sequence[Event]], None]
BATCH = 200
TASK = "core.tasks.consume_events"
#: Seconds: no consumer is in a hurry, and one message brings several events.
SOON = 0.25
#: Seconds after which a wake-up that was not obeyed no longer stands in the way of another.
_FORGOTTEN = 5


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    types: frozenset[str]
    handler: Handler


_consumers: dict[str, Consumer] = {}


def subscribe(name: str, types: set[str], handler: Handler) -> None:
    """Register `handler` for events of `types` under a stable `name` (its cursor's name in the database)."""
    _consumers[name] = Consumer(name, frozenset(types), handler)


def one_by_one(handle: Callable[[Event], None]) -> Handler:
    """A handler of batches out of one of single events, for what happens seldom."""

    def handle_all(events: Sequence[Event]) -> None:
        for event in events:
            handle(event)

    return handle_all


def wake(workspace_id: UUID) -> None:
    """Ask a worker to run the consumers of a workspace soon, once for all that happens until then.

    A lost wake-up is found by the sweeper.
    """
    if _consumers and _is_first(workspace_id):
        wake_up(TASK, str(workspace_id), delay=SOON)


def consume_woken(workspace_id: UUID) -> None:
    """What a wake-up asks for. What happens from now on asks for another one."""
    with suppress(RedisError):
        valkey().delete(_asked(workspace_id))
    consume(workspace_id)


def consume(workspace_id: UUID) -> None:
    """Run every consumer over what it has not seen. One that fails stays where it is, to be tried again; the others go on.

    Raises what the first one that failed raised, after all have come as far as they could.
    """
    failed: dict[str, Exception] = {}
    while _consume_batch(workspace_id, failed):
        pass
    for error in failed.values():
        raise error


def _is_first(workspace_id: UUID) -> bool:
    try:
        return bool(valkey().set(_asked(workspace_id), 1, nx=True, ex=_FORGOTTEN))
    except RedisError:
        return True


def _asked(workspace_id: UUID) -> str:
    return f"consume:{workspace_id}"


def _consume_batch(workspace_id: UUID, failed: dict[str, Exception]) -> bool:
    """The next batch of every consumer, under the cursors' locks; tell whether more may wait. Notes who failed."""
    more = False
    with scope(workspace_id):
        cursors = [one for one in _locked_cursors() if one.consumer not in failed]
        # Most are at the same place, and read the same events.
        for position, same in groupby(cursors, key=lambda one: one.position):
            events = list(Event.objects.filter(position__gt=position).order_by("position")[:BATCH])
            done = [one.pk for one in same if events and _handled(_consumers[one.consumer], events, failed)]
            if done:
                EventCursor.objects.filter(pk__in=done).update(position=events[-1].position)
            more = more or len(events) == BATCH
    return more


def _locked_cursors() -> list[EventCursor]:
    """The cursors of all consumers, the last ones first."""
    rows = EventCursor.objects.select_for_update().filter(consumer__in=_consumers).order_by("position", "consumer")
    found = list(rows)
    if missing := _consumers.keys() - {one.consumer for one in found}:
        EventCursor.objects.bulk_create(
            [EventCursor(workspace_id=current_workspace_id(), consumer=name) for name in sorted(missing)], ignore_conflicts=True
        )
        found = list(rows.all())
    return found


def _handled(consumer: Consumer, events: Sequence[Event], failed: dict[str, Exception]) -> bool:
    """Give a consumer what is for it, with all of its effects or none; tell whether it is done with these events."""
    own = [event for event in events if event.type in consumer.types]
    try:
        if own:
            with transaction.atomic():
                consumer.handler(own)
    except Exception as error:  # noqa: BLE001  # raised by `consume` when the others have had their turn
        failed[consumer.name] = error
        return False
    return True
