"""Writing to the audit trail."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import structlog
from django.db import models
from django.utils import timezone

from core.audit.models import AuditEntry


class ActorKind(StrEnum):
    USER = "user"
    CONTACT = "contact"
    SYSTEM = "system"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something: a user, a contact, an operator's staff member, or the system itself (`id` None)."""

    kind: ActorKind
    id: UUID | None = None

    @classmethod
    def user(cls, user_id: UUID) -> "Actor":
        return cls(ActorKind.USER, user_id)

    @classmethod
    def contact(cls, contact_id: UUID) -> "Actor":
        return cls(ActorKind.CONTACT, contact_id)

    @classmethod
    def staff(cls, user_id: UUID) -> "Actor":
        return cls(ActorKind.STAFF, user_id)

    @classmethod
    def system(cls) -> "Actor":
        return cls(ActorKind.SYSTEM)


class Action(StrEnum):
    """What can be audited, as `thing.happened`. Apps above write their own in the same form."""

    SIGNED_IN = "session.signed_in"
    SIGNED_OUT = "session.signed_out"
    SESSION_REVOKED = "session.revoked"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105  # an action's name
    SECOND_FACTOR_ADDED = "second_factor.added"
    SECOND_FACTOR_REMOVED = "second_factor.removed"
    RECOVERY_CODES_MADE = "second_factor.recovery_codes_made"
    WORKSPACE_CREATED = "workspace.created"
    WORKSPACE_CHANGED = "workspace.changed"
    MEMBER_INVITED = "member.invited"
    MEMBER_JOINED = "member.joined"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    MEMBER_REMOVED = "member.removed"
    TEAM_CHANGED = "team.changed"
    INBOX_CREATED = "inbox.created"
    INBOX_CHANGED = "inbox.changed"
    INBOX_SECRETS_SHOWN = "inbox.secrets_shown"
    CONTACT_VIEWED = "contact.viewed"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_MERGED = "contact.merged"
    CONVERSATION_VIEWED = "conversation.viewed"
    CONVERSATION_CHANGED = "conversation.changed"
    MESSAGE_SENT = "message.sent"
    MESSAGE_EDITED = "message.edited"
    MESSAGE_DELETED = "message.deleted"
    FILE_OPENED = "file.opened"
    SEARCHED = "search.run"
    QUARANTINE_REPLAYED = "quarantine.replayed"
    KEYS_ROTATED = "keys.rotated"
    STAFF_CROSSED = "staff.crossed"


def record(action: Action | str, *, actor: Actor, target: models.Model | None = None, **data: Any) -> AuditEntry:
    """Add an entry to the trail of the workspace in scope, in the caller's transaction.

    `data` takes ids, enums and counts: never names, addresses or content.
    """
    return AuditEntry.objects.create(
        at=timezone.now(),
        action=str(action),
        actor_kind=actor.kind,
        actor_id=actor.id,
        target_type=target._meta.label_lower if target is not None else "",
        target_id=target.pk if target is not None else None,
        data=data,
        request_id=str(structlog.contextvars.get_contextvars().get("request_id", "")),
    )
