"""What a platform says of an inbox itself, which its adapter asks before it does anything there."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conversations.models import Inbox
from core.tenancy import scope

#: So many of one kind are kept, the newest.
MOST = 100


def keep_fact(workspace_id: UUID, inbox_id: UUID, kind: str, name: str, fact: Mapping[str, Any], *, version: int) -> None:
    """Keep a fact in the inbox's settings, under `settings[kind][name]`, unless a newer version of it is there.

    Facts of a kind come in no order; `version` grows. Locks the inbox's row.
    """
    with scope(workspace_id):
        inbox = Inbox.objects.select_for_update().filter(pk=inbox_id).first()
        if inbox is None:
            return
        known: dict[str, Any] = dict(inbox.settings.get(kind) or {})
        if known.get(name, {}).get("version", -1) >= version:
            return
        known[name] = {**fact, "version": version}
        newest = sorted(known.items(), key=lambda one: one[1]["version"])[-MOST:]
        inbox.settings = {**inbox.settings, kind: dict(newest)}
        inbox.save(update_fields=["settings"])
