"""Publishing: an event row now, its relay after commit."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from core.events.models import Event
from core.events.relay import relay_soon
from core.tenancy import current_workspace_id

log = structlog.get_logger(__name__)

#: By hand: every change in the product publishes, and the ORM takes longer to compose this than Postgres to do it.
_WRITE = """
    INSERT INTO core_event (id, workspace_id, type, inbox_id, conversation_id, contact_id, data, created_at) VALUES
"""
_ROW = "(%s, %s, %s, %s, %s, %s, %s, %s)"


def publish(
    type: str,  # noqa: A002  # the field's own word
    *,
    inbox_id: UUID | None = None,
    conversation_id: UUID | None = None,
    contact_id: UUID | None = None,
    **data: Any,
) -> Event:
    """Write an event of the workspace in scope in the caller's transaction; it is relayed after commit.

    `data` takes ids, enums and counts only: events are kept, and seen by every consumer.
    """
    event = Event(type=type, inbox_id=inbox_id, conversation_id=conversation_id, contact_id=contact_id, data=data)
    publish_all([event])
    return event


def publish_all(events: Sequence[Event]) -> None:
    """Write several unsaved events of the workspace in scope by one statement, as `publish` writes one."""
    if not events:
        return
    workspace_id, now = current_workspace_id(), timezone.now()
    values: list[Any] = []
    for event in events:
        event.workspace_id, event.created_at = workspace_id, now
        values += [event.pk, workspace_id, event.type, event.inbox_id, event.conversation_id, event.contact_id]
        values += [json.dumps(event.data), now]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE + ", ".join([_ROW] * len(events)), values)
    waiting = _Relay(workspace_id)
    if all(callback != waiting for _, callback, *_ in connection.run_on_commit):
        transaction.on_commit(waiting, robust=True)


@dataclass(frozen=True, slots=True)
class _Relay:
    """Relays a workspace's waiting events; equal to any other of that workspace, so one transaction asks once."""

    workspace_id: UUID

    def __call__(self) -> None:
        try:
            relay_soon(self.workspace_id)
        except Exception as error:  # noqa: BLE001  # the change is committed; the sweeper relays what this could not
            log.warning("events.relay_failed", error=type(error).__name__)
