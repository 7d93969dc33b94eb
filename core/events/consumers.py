"""Subscribing: functions that consume events in order, at least once, each with a cursor of its own.

A consumer is registered in an app's `ready()`, runs in a worker inside the workspace's scope, and must be safe to run
twice on one event. Its cursor moves in the transaction of its effects.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from core.events.models import Event, EventCursor
from core.tenancy import scope
from core.wakeup import wake_up

type Handler = Callable[[Event], None]
BATCH = 200


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    types: frozenset[str]
    handler: Handler


_consumers: dict[str, Consumer] = {}


def subscribe(name: str, types: set[str], handler: Handler) -> None:
    """Register `handler` for events of `types` under a stable `name` (its cursor's name in the database)."""
    _consumers[name] = Consumer(name, frozenset(types), handler)


def wake(workspace_id: UUID) -> None:
    """Ask a worker to run the consumers of a workspace; a lost wake-up is found by the sweeper."""
    if _consumers:
        wake_up("core.tasks.consume_events", str(workspace_id))


def consume(workspace_id: UUID) -> int:
    """Run every consumer over what it has not seen; return how many events were handled."""
    return sum(_consume(consumer, workspace_id) for consumer in _consumers.values())


def _consume(consumer: Consumer, workspace_id: UUID) -> int:
    handled = 0
    while batch := _consume_batch(consumer, workspace_id):
        handled += batch
    return handled


def _consume_batch(consumer: Consumer, workspace_id: UUID) -> int:
    """One batch under the cursor's lock; an event whose handler fails stops the consumer there, to be tried again."""
    with scope(workspace_id), transaction.atomic():
        EventCursor.objects.bulk_create([EventCursor(workspace_id=workspace_id, consumer=consumer.name)], ignore_conflicts=True)
        cursor = EventCursor.objects.select_for_update().get(consumer=consumer.name)
        events = list(Event.objects.filter(position__gt=cursor.position).order_by("position")[:BATCH])
        for event in events:
            if event.type in consumer.types:
                consumer.handler(event)
        if events:
            cursor.position = events[-1].position or cursor.position
            cursor.save(update_fields=["position"])
        return len(events)
