"""Events that a worker brings, stored as those are that came by themselves, and those that are stored already."""

from collections.abc import Sequence
from functools import partial

from django.db import connection, transaction

from channels_app.contract import Envelope, InboxConfig
from channels_app.models import InboundEvent
from channels_app.services.bodies import unpacked
from channels_app.services.rows import INSERT, columns_of, sealed_row
from core.tenancy import scope
from core.vault.blind import blind_index
from core.wakeup import wake_up


def store_events(inbox: InboxConfig, envelopes: Sequence[Envelope]) -> None:
    """Store events of an inbox and have them applied; one whose key is known is there already. Opens a transaction."""
    with scope(inbox.workspace_id), connection.cursor() as cursor:
        cursor.execute(INSERT, columns_of([sealed_row(inbox, one) for one in envelopes]))
        transaction.on_commit(partial(wake_up, "channels_app.tasks.drain_inbound"), robust=True)


def event_body(inbox: InboxConfig, key: str) -> bytes | None:
    """What an event of an inbox says, by its key, while it is kept. Opens a transaction."""
    with scope(inbox.workspace_id):
        key_hash = blind_index("inbound.key", key, workspace_id=inbox.workspace_id)
        event = InboundEvent.objects.filter(inbox=inbox.id, key_hash=key_hash).first()
        return unpacked(event.body) if event else None
