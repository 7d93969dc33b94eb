"""Roles and what each may do: one table, read by views, services, sockets and templates alike."""

from enum import StrEnum
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member is in a workspace."""

    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    AGENT = "agent", _("Agent")
    DPO = "dpo", _("Data protection officer")
    VIEWER = "viewer", _("Viewer")


class Permission(StrEnum):
    """Something that a role may do."""

    CONVERSATIONS_VIEW = "conversations.view"
    CONVERSATIONS_VIEW_ALL_INBOXES = "conversations.view_all_inboxes"
    CONVERSATIONS_REPLY = "conversations.reply"
    CONVERSATIONS_MANAGE = "conversations.manage"  # assign, label, status, priority
    CONTACTS_EDIT = "contacts.edit"
    CONTACTS_MERGE = "contacts.merge"
    LABELS_MANAGE = "labels.manage"
    INBOXES_MANAGE = "inboxes.manage"
    QUARANTINE_MANAGE = "quarantine.manage"
    KNOWLEDGE_VIEW = "knowledge.view"
    KNOWLEDGE_WRITE = "knowledge.write"  # write drafts, propose articles
    KNOWLEDGE_MANAGE = "knowledge.manage"  # publish, imports, the help centre
    TEAMS_MANAGE = "teams.manage"
    MEMBERS_VIEW = "members.view"
    MEMBERS_MANAGE = "members.manage"
    OWNERS_MANAGE = "owners.manage"
    WORKSPACE_MANAGE = "workspace.manage"
    SECURITY_MANAGE = "security.manage"
    AUDIT_VIEW = "audit.view"
    PRIVACY_MANAGE = "privacy.manage"
    AI_MANAGE = "ai.manage"
    AI_OVERRIDE = "ai.override"  # a change by which the AI answers worse, with a written reason
    AI_LEDGER = "ai.ledger"  # what left for providers of language models, and its cost
    BILLING_MANAGE = "billing.manage"


_VIEWER = frozenset({Permission.CONVERSATIONS_VIEW, Permission.MEMBERS_VIEW, Permission.KNOWLEDGE_VIEW})
_AGENT = _VIEWER | {
    Permission.CONVERSATIONS_REPLY,
    Permission.CONVERSATIONS_MANAGE,
    Permission.CONTACTS_EDIT,
    Permission.KNOWLEDGE_WRITE,
}
_ADMIN = _AGENT | {
    Permission.CONVERSATIONS_VIEW_ALL_INBOXES,
    Permission.CONTACTS_MERGE,
    Permission.LABELS_MANAGE,
    Permission.INBOXES_MANAGE,
    Permission.QUARANTINE_MANAGE,
    Permission.KNOWLEDGE_MANAGE,
    Permission.TEAMS_MANAGE,
    Permission.MEMBERS_MANAGE,
    Permission.WORKSPACE_MANAGE,
    Permission.SECURITY_MANAGE,
    Permission.AUDIT_VIEW,
    Permission.AI_MANAGE,
    Permission.AI_LEDGER,
}
_DPO = _VIEWER | {
    Permission.CONVERSATIONS_VIEW_ALL_INBOXES,
    Permission.AUDIT_VIEW,
    Permission.PRIVACY_MANAGE,
    Permission.AI_LEDGER,
}

ROLE_PERMISSIONS: dict[str, frozenset[Permission]] = {
    Role.OWNER: _ADMIN | {Permission.OWNERS_MANAGE, Permission.BILLING_MANAGE, Permission.PRIVACY_MANAGE, Permission.AI_OVERRIDE},
    Role.ADMIN: _ADMIN,
    Role.AGENT: _AGENT,
    Role.DPO: _DPO,
    Role.VIEWER: _VIEWER,
}


def permissions_of(role: str) -> frozenset[Permission]:
    """What a role may do; nothing for a role that is not in the table."""
    return ROLE_PERMISSIONS.get(role, frozenset())


class Holder(Protocol):
    """Whoever holds permissions: a membership."""

    def can(self, permission: Permission) -> bool: ...


def require(holder: Holder | None, permission: Permission) -> None:
    """Raise PermissionDenied, in words for people, unless the holder has the permission."""
    if holder is None or not holder.can(permission):
        raise PermissionDenied(_("Your role does not allow this. Ask an owner or admin of the workspace."))
