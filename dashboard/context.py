"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Membership
from accounts.permissions import Permission
from chatzee.env import env
from core.fragments import url as address
from dashboard.settings_nav import settings_nav


def frame(request: HttpRequest) -> dict[str, Any]:
    """The edge's address for sockets, the user's theme, and the rail of the workspace that the request is in."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "edge_url": env.edge_url,
        "theme": getattr(user, "theme", "system"),
        "sign_in_url": address("accounts:sign-in"),
        "frame": {},
    }
    membership = getattr(request, "membership", None)
    if membership is None:
        return context
    path, workspace = request.path, membership.workspace_id
    places = [
        ("dashboard:conversations", _("Conversations"), "inbox", "g c", Permission.CONVERSATIONS_VIEW),
        ("dashboard:search", _("Search"), "search", "g s", Permission.CONVERSATIONS_VIEW),
        ("dashboard:settings", _("Settings"), "settings", "g e", Permission.MEMBERS_VIEW),
    ]
    shown = [(address(name, workspace), label, icon, keys) for name, label, icon, keys, need in places if membership.can(need)]
    current = max((url for url, *_rest in shown if path.startswith(url)), key=len, default="")
    return {
        **context,
        "membership": membership,
        "workspace": membership.workspace,
        "frame": {
            "places": [
                {"url": url, "label": label, "icon": icon, "keys": keys, "current": url == current}
                for url, label, icon, keys in shown
            ],
            "settings": settings_nav(membership, path) if "/settings/" in path else [],
            "user": membership.user.name,
            "profile_url": address("accounts:profile"),
            "availability": {
                "value": membership.availability,
                "label": Membership.Availability(membership.availability).label,
                "url": address("dashboard:availability", workspace),
                "choices": Membership.Availability.choices,
            },
        },
    }
