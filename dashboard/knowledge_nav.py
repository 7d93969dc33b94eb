"""The knowledge's pages, in the order in which they are listed, and who sees them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.permissions import Permission


def knowledge_nav(membership: Membership, path: str) -> list[dict[str, Any]]:
    """The links that this member may follow; the current one is the longest that the path begins with."""
    links = [
        ("dashboard:knowledge", _("Articles"), "file-text", Permission.KNOWLEDGE_VIEW),
        ("dashboard:gaps", _("Unanswered questions"), "circle-question-mark", Permission.KNOWLEDGE_VIEW),
        ("dashboard:proposed", _("Proposed"), "book-plus", Permission.KNOWLEDGE_VIEW),
        ("dashboard:imports", _("Imports"), "download", Permission.KNOWLEDGE_MANAGE),
        ("dashboard:categories", _("Categories"), "library", Permission.KNOWLEDGE_MANAGE),
        ("dashboard:help-centre", _("Help centre"), "globe", Permission.KNOWLEDGE_MANAGE),
    ]
    shown = [
        (reverse(name, args=[membership.workspace_id]), label, icon)
        for name, label, icon, permission in links
        if membership.can(permission)
    ]
    current = max((url for url, *_rest in shown if path.startswith(url)), key=len, default="")
    return [{"url": url, "label": label, "icon": icon, "current": url == current} for url, label, icon in shown]
