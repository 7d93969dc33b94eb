"""The settings' pages, in the order in which they are listed, and who sees them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.permissions import Permission


def settings_nav(membership: Membership, path: str) -> list[dict[str, Any]]:
    """Parts of the settings with the links that this member may follow."""
    parts = [
        (
            _("Channels"),
            [
                ("dashboard:inboxes", _("Inboxes"), "inbox", Permission.INBOXES_MANAGE),
                ("dashboard:labels-settings", _("Labels"), "tag", Permission.LABELS_MANAGE),
                ("dashboard:pipeline", _("Delivery"), "activity", Permission.QUARANTINE_MANAGE),
            ],
        ),
        (
            _("AI"),
            [
                ("dashboard:ai-assistant", _("Assistant"), "sparkles", Permission.AI_MANAGE),
                ("dashboard:ai-inboxes", _("Replies by inbox"), "message-square-reply", Permission.AI_MANAGE),
                ("dashboard:ai-intents", _("Intents"), "tags", Permission.AI_MANAGE),
                ("dashboard:ai-bench", _("Try it"), "flask-conical", Permission.AI_MANAGE),
                ("dashboard:ai-models", _("Learned models"), "graduation-cap", Permission.AI_MANAGE),
                ("dashboard:ai-figures", _("Results"), "chart-no-axes-column", Permission.AI_MANAGE),
                ("dashboard:ai-evaluation", _("Evaluation"), "target", Permission.AI_MANAGE),
                ("dashboard:ai-providers", _("Providers"), "plug", Permission.AI_MANAGE),
                ("dashboard:ai-spend", _("Budget"), "wallet", Permission.AI_LEDGER),
                ("dashboard:ai-ledger", _("Ledger"), "book-lock", Permission.AI_LEDGER),
            ],
        ),
        (
            _("People"),
            [
                ("accounts:members", _("Members"), "users", Permission.MEMBERS_VIEW),
                ("accounts:teams", _("Teams"), "users-round", Permission.TEAMS_MANAGE),
            ],
        ),
        (
            _("Workspace"),
            [
                ("accounts:workspace-settings", _("General"), "building-2", Permission.WORKSPACE_MANAGE),
                ("accounts:security-settings", _("Security"), "shield-check", Permission.SECURITY_MANAGE),
                ("dashboard:audit", _("Audit trail"), "scroll-text", Permission.AUDIT_VIEW),
            ],
        ),
    ]
    return [part for part in (_part(label, links, membership, path) for label, links in parts) if part["links"]]


def _part(label: str, links: list[tuple[str, str, str, Permission]], membership: Membership, path: str) -> dict[str, Any]:
    shown = [
        {"url": url, "label": words, "icon": icon, "current": path.startswith(url)}
        for name, words, icon, permission in links
        if membership.can(permission)
        for url in [reverse(name, args=[membership.workspace_id])]
    ]
    return {"label": label, "links": shown}
