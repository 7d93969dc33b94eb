"""The tokens of inboxes whose account a person connected: read as they are now, kept without losing another's newer ones."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from conversations.models import Inbox
from core.tenancy import scope


def tokens_of(workspace_id: UUID, inbox_id: UUID) -> dict[str, Any]:
    """An inbox's tokens as they stand now; empty for none."""
    with scope(workspace_id):
        found = Inbox.objects.filter(pk=inbox_id).first()
        return dict((found.settings.get("oauth") if found else None) or {})


def keep_tokens(workspace_id: UUID, inbox_id: UUID, *, used: str, new: Mapping[str, Any]) -> dict[str, Any]:
    """Keep what refreshing with the refresh token `used` gave; return what is kept then.

    Locks the inbox's row. Where another process has connected the account anew meanwhile, its tokens stay.
    """
    with scope(workspace_id):
        inbox = Inbox.objects.select_for_update().filter(pk=inbox_id).first()
        if inbox is None:
            return dict(new)
        kept = dict(inbox.settings.get("oauth") or {})
        if kept.get("refresh_token", "") not in ("", used):
            return kept
        inbox.settings = {**inbox.settings, "oauth": {**kept, **new}}
        inbox.save(update_fields=["settings"])
        return dict(inbox.settings["oauth"])


def replace_tokens(workspace_id: UUID, inbox_id: UUID, new: Mapping[str, Any]) -> None:
    """Keep the tokens of an account that a person has just connected; the way to them is used up. Locks the inbox's row."""
    with scope(workspace_id):
        inbox = Inbox.objects.select_for_update().filter(pk=inbox_id).first()
        if inbox is not None:
            others = {name: value for name, value in inbox.settings.items() if name != "grant"}
            inbox.settings = {**others, "oauth": dict(new)}
            inbox.save(update_fields=["settings"])


def drop_grant(workspace_id: UUID, inbox_id: UUID) -> None:
    """Forget a grant that the provider refused: it is good for one try."""
    with scope(workspace_id):
        inbox = Inbox.objects.select_for_update().filter(pk=inbox_id).first()
        if inbox is not None and "grant" in inbox.settings:
            inbox.settings = {name: value for name, value in inbox.settings.items() if name != "grant"}
            inbox.save(update_fields=["settings"])
