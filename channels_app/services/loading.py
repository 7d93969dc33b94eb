"""Reading a delivery with all that its message needs, in the statement that claims it or by one of its own.

It is written by hand: every reply is read so, and to compose this by the ORM and build its instances took longer than all
else that a worker does for one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, models

from accounts.models import User
from channels_app.models import OutboundDelivery
from conversations.models import Contact, ContactIdentity, Conversation, Inbox, Message
from core.tenancy import current_workspace_id
from core.vault import keyring
from core.vault.instances import instance_of

#: What is read of each, by its alias; a column that is missing here is read when it is asked for.
_PARTS: dict[str, tuple[type[models.Model], tuple[str, ...]]] = {
    "d": (
        OutboundDelivery,
        ("id", "workspace_id", "message_id", "inbox_id", "conversation_id", "state", "attempts", "error_code", "created_at"),
    ),
    "i": (Inbox, ("id", "workspace_id", "key_id", "channel", "key", "settings", "is_enabled")),
    "m": (
        Message,
        (
            *("id", "workspace_id", "key_id", "conversation_id", "inbox_id", "seq", "kind", "author_user_id", "is_ai", "body"),
            *("data", "reply_to_id", "provider_id", "status", "error_code", "deleted_at"),
        ),
    ),
    "c": (Conversation, ("id", "workspace_id", "key_id", "subject", "inbox_id", "contact_id", "identity_id")),
    "n": (
        ContactIdentity,
        (
            *("id", "workspace_id", "key_id", "contact_id", "kind", "value", "wrote_at", "stopped_at"),
            "marketing_stopped_at",
        ),
    ),
    "p": (Contact, ("id", "workspace_id", "key_id", "name")),
    "u": (User, ("id", "key_id", "name")),
}
#: Has what follows planned in the order in which it is written: to weigh all orders takes Postgres ten times as long as this.
AS_WRITTEN = "SET LOCAL join_collapse_limit = 1;"
#: What `loaded` takes, of a delivery `d`. Each join names the workspace itself: a claim crosses them.
COLUMNS = f"""
    {", ".join(f"{alias}.{column}" for alias, (_model, columns) in _PARTS.items() for column in columns)},
    EXISTS (SELECT 1 FROM conversations_attachment a
        WHERE a.message_id = m.id AND a.workspace_id = d.workspace_id AND a.storage_name <> '')
"""  # noqa: S608  # names of ours alone
JOINS = """
    JOIN conversations_inbox i ON i.id = d.inbox_id AND i.workspace_id = d.workspace_id
    LEFT JOIN conversations_message m ON m.id = d.message_id AND m.workspace_id = d.workspace_id
    LEFT JOIN conversations_conversation c ON c.id = m.conversation_id AND c.workspace_id = d.workspace_id
    LEFT JOIN conversations_contactidentity n ON n.id = c.identity_id AND n.workspace_id = d.workspace_id
    LEFT JOIN conversations_contact p ON p.id = c.contact_id AND p.workspace_id = d.workspace_id
    LEFT JOIN accounts_user u ON u.id = m.author_user_id
"""
_READ = f"""{AS_WRITTEN}
    SELECT {COLUMNS} FROM channels_app_outbounddelivery d {JOINS}
    WHERE d.id = %s AND d.workspace_id = %s AND d.state = 'sending'
"""  # noqa: S608  # as above


@dataclass(frozen=True, slots=True)
class Loaded:
    """A delivery with its inbox and, where it is of one, its message, with conversation, identity, contact and author."""

    delivery: OutboundDelivery
    has_files: bool


def read(delivery_id: UUID) -> Loaded | None:
    """A delivery of the workspace in scope that is being sent; None when it is settled already."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [delivery_id, current_workspace_id()])
        cursor.nextset()
        row = cursor.fetchone()
    return loaded(row) if row else None


def loaded(row: Sequence[Any]) -> Loaded:
    """What a row of COLUMNS holds. The keys of all parts are unlocked together."""
    found: dict[str, Any] = {}
    start = 0
    for alias, (model, columns) in _PARTS.items():
        found[alias] = instance_of(model, columns, row[start : start + len(columns)])
        start += len(columns)
    keyring.load({part.key_id for part in found.values() if getattr(part, "key_id", None)})
    return Loaded(_joined(**found), row[start])


def _joined(d: Any, i: Any, m: Any, c: Any, n: Any, p: Any, u: Any) -> OutboundDelivery:
    delivery: OutboundDelivery = d
    delivery.inbox = i
    if delivery.message_id is not None:
        delivery.message, m.conversation = m, c
        m.inbox = c.inbox = i
        c.identity, c.contact = n, p
        m.author_user = u if u.pk else None
    return delivery
