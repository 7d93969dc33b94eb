"""How AI speaks and replies: a workspace's settings and its inboxes'."""

from typing import Any

from django.db import transaction

from ai.models import AiSettings, InboxAi
from conversations.models import Inbox
from core.audit import Actor, record
from core.events import publish


def settings_of() -> AiSettings:
    """The settings of the workspace in scope; an unsaved row with the defaults where nobody set any."""
    return AiSettings.objects.first() or AiSettings()


def inbox_ai_of(inbox: Inbox) -> InboxAi:
    """How AI replies in an inbox; an unsaved row with the defaults where nobody set it."""
    return InboxAi.objects.filter(inbox=inbox).first() or InboxAi(inbox=inbox)


@transaction.atomic
def save_settings(values: dict[str, Any], *, actor: Actor) -> AiSettings:
    """Change the named settings of the workspace in scope. The audit trail keeps which, never what."""
    settings = AiSettings.objects.select_for_update().first() or AiSettings()
    _save(settings, values)
    record("ai.settings_changed", actor=actor, target=settings, fields=sorted(values))
    publish("ai.settings_changed")
    return settings


@transaction.atomic
def save_inbox_ai(inbox: Inbox, values: dict[str, Any], *, actor: Actor) -> InboxAi:
    """Change how AI replies in an inbox; it acts at once, also on work in flight."""
    row = InboxAi.objects.select_for_update().filter(inbox=inbox).first() or InboxAi(inbox=inbox)
    _save(row, values)
    kept = {name: values[name] for name in ("mode", "stage", "share", "hours") if name in values}
    record("ai.inbox_changed", actor=actor, target=inbox, fields=sorted(values), **kept)
    publish("ai.settings_changed", inbox_id=inbox.pk)
    return row


def _save(row: AiSettings | InboxAi, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)
    if row._state.adding:
        row.save(force_insert=True)
    else:
        row.save(update_fields=list(values))
