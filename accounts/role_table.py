"""What each role may do, in words for people."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.permissions import Permission, Role, permissions_of


def role_table() -> dict[str, Any]:
    """`roles`: their labels; `rows`: what may be done, and for each role whether it may."""
    words = [
        (_("Read conversations"), Permission.CONVERSATIONS_VIEW),
        (_("Read those of every inbox"), Permission.CONVERSATIONS_VIEW_ALL_INBOXES),
        (_("Reply and write notes"), Permission.CONVERSATIONS_REPLY),
        (_("Assign, label, snooze and resolve"), Permission.CONVERSATIONS_MANAGE),
        (_("Edit contacts"), Permission.CONTACTS_EDIT),
        (_("Merge contacts"), Permission.CONTACTS_MERGE),
        (_("Write articles"), Permission.KNOWLEDGE_WRITE),
        (_("Publish articles, and run the help centre"), Permission.KNOWLEDGE_MANAGE),
        (_("Set up inboxes"), Permission.INBOXES_MANAGE),
        (_("Set up labels and teams"), Permission.TEAMS_MANAGE),
        (_("Invite, change and remove members"), Permission.MEMBERS_MANAGE),
        (_("Change the workspace and its security"), Permission.SECURITY_MANAGE),
        (_("Read the audit trail"), Permission.AUDIT_VIEW),
        (_("Set up AI"), Permission.AI_MANAGE),
        (_("Make a change by which the AI answers worse"), Permission.AI_OVERRIDE),
        (_("See what AI providers were sent"), Permission.AI_LEDGER),
        (_("Handle privacy requests"), Permission.PRIVACY_MANAGE),
        (_("Make owners, and pay"), Permission.OWNERS_MANAGE),
    ]
    return {
        "roles": [role.label for role in Role],
        "rows": [(text, [permission in permissions_of(role) for role in Role]) for text, permission in words],
    }
