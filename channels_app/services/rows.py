"""Envelopes as encrypted rows of the intake's table, and the one statement that inserts them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from channels_app.contract import Envelope, InboxConfig
from channels_app.models import InboundEvent
from channels_app.services.bodies import packed
from core.ids import new_id
from core.vault import keyring
from core.vault.blind import blind_index
from core.vault.fields import encrypt_value

TABLE = InboundEvent._meta.db_table
_COLUMNS = ("id", "workspace_id", "key_id", "inbox_id", "key_hash", "sender_hash", "body", "at")

#: A repeated key within an inbox is the same event: it is there already.
INSERT = f"""
    INSERT INTO {TABLE} (id, workspace_id, key_id, inbox_id, key_hash, sender_hash, body, state, attempts,
        next_attempt_at, error_code, error_detail, received_at)
    SELECT id, workspace_id, key_id, inbox_id, key_hash, sender_hash, body, 'waiting', 0, at, '', '', at
    FROM unnest(%b::uuid[], %b::uuid[], %b::uuid[], %b::uuid[], %b::bytea[], %b::bigint[], %b::bytea[], %b::timestamptz[])
        AS t(id, workspace_id, key_id, inbox_id, key_hash, sender_hash, body, at)
    ON CONFLICT (inbox_id, key_hash) DO NOTHING
"""  # noqa: S608  # the table's own name


@dataclass(frozen=True, slots=True)
class Row:
    """One event as it is inserted, encrypted."""

    id: UUID
    workspace_id: UUID
    key_id: UUID
    inbox_id: UUID
    key_hash: bytes
    sender_hash: int
    body: bytes
    at: datetime


def sealed_row(inbox: InboxConfig, envelope: Envelope) -> Row:
    """Encrypt an envelope under its workspace's key.

    On an event loop it raises SynchronousOnlyOperation when the keys have to be read first.
    """
    workspace_id = inbox.workspace_id
    row_id, key_id = new_id(), keyring.data_key_id(workspace_id)
    body = encrypt_value(workspace_id, TABLE, "body", row_id, key_id, packed(envelope.body))
    sender = blind_index(f"inbound.sender.{inbox.id}", envelope.sender, workspace_id=workspace_id)
    return Row(
        id=row_id,
        workspace_id=workspace_id,
        key_id=key_id,
        inbox_id=inbox.id,
        key_hash=blind_index("inbound.key", envelope.key, workspace_id=workspace_id),
        sender_hash=int.from_bytes(sender[:8], "big", signed=True),
        body=body,
        at=datetime.now(UTC),
    )


def columns_of(rows: Sequence[Row]) -> list[list[object]]:
    """The parameters of `INSERT` for these rows."""
    return [[getattr(row, name) for row in rows] for name in _COLUMNS]
