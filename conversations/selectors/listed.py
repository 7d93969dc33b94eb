"""A conversation as the list shows it: what its row needs and nothing more, opened.

Not an instance of the model: a page has fifty of them, and to make instances and ask them took longer than to decrypt.
"""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple
from uuid import UUID

from conversations.models import Conversation
from conversations.models.contact import stand_in_name
from core.database.asking import Row
from core.vault import keyring
from core.vault.encrypted_field import EncryptedField
from core.vault.opening import encrypted_field, open_value


class Listed(NamedTuple):
    """A row's facts, named as the model names them. `is_unread` is the reader's own."""

    contact_name: str
    preview: str
    is_unread: bool
    id: UUID
    number: int
    inbox_id: UUID
    contact_id: UUID
    assignee_id: UUID | None
    status: str
    priority: int
    snoozed_until: datetime | None
    inbound_seq: int
    label_ids: list[UUID]
    preview_kind: str
    waiting_since: datetime | None
    last_activity_at: datetime

    @property
    def display_name(self) -> str:
        """As of the conversation itself."""
        return self.contact_name or stand_in_name(self.contact_id)


#: What is read for a row: how it is sealed, then what Listed names, in its order.
_SEALED = ("workspace_id", "key_id", "contact_name", "preview")
_PLAIN = Listed._fields[3:]
#: The columns of the table that `SHOWN` is made of.
STORED = ", ".join(f"c.{column}" for column in (*_SEALED, "read_seqs", *_PLAIN))
#: What a statement selects for `listed`; its one parameter is the reader's id as text.
SHOWN = ", ".join(
    (
        *(f"c.{column}" for column in _SEALED),
        "c.inbound_seq > coalesce((c.read_seqs ->> %s)::integer, 0)",
        *(f"c.{column}" for column in _PLAIN[:-1]),
        # In microseconds: every row has one, and to read a time takes twenty times as long as to read a number.
        "(extract(epoch FROM c.last_activity_at) * 1000000)::bigint",
    )
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def listed(rows: list[Row]) -> list[Listed]:
    """Rows of `SHOWN`, opened with one question for their keys."""
    name_field, preview_field = _fields()
    keyring.load(row[1] for row in rows)
    found = []
    for workspace_id, key_id, name, preview, *plain, active in rows:
        place = {"workspace_id": workspace_id, "row_id": plain[1], "key_id": key_id}
        opened = open_value(name_field, name, **place), open_value(preview_field, preview, **place)
        found.append(Listed._make((*opened, *plain, _EPOCH + timedelta(microseconds=active))))
    return found


@cache
def _fields() -> tuple[EncryptedField[str], EncryptedField[str]]:
    return encrypted_field(Conversation, "contact_name"), encrypted_field(Conversation, "preview")
