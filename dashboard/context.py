"""What every page's frame needs."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language, gettext as _

from accounts.models import Membership
from accounts.permissions import Permission, permissions_of
from chatzee.env import env
from core.fragments import url as address
from dashboard.knowledge_nav import knowledge_nav
from dashboard.settings_nav import settings_nav


@dataclass(frozen=True, slots=True)
class Place:
    """A link of the rail; `keys` go there too."""

    url: str
    label: str
    icon: str
    keys: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The rail, and the menu of the member whose `user` name it bears. Outside a workspace there are neither."""

    places: tuple[Place, ...] = ()
    user: str = ""
    profile_url: str = ""
    availability: str = ""
    availability_label: str = ""
    availability_url: str = ""

    @property
    def availabilities(self) -> list[tuple[str, str]]:
        """What the member may choose, each with its name."""
        return [(value, str(label)) for value, label in Membership.Availability.choices]


def frame(request: HttpRequest) -> dict[str, Any]:
    """The edge's address for sockets, the user's theme, and the frame of the workspace that the request is in."""
    context: dict[str, Any] = {
        "edge_url": env.edge_url,
        "theme": getattr(getattr(request, "user", None), "theme", "system"),
        "sign_in_url": address("accounts:sign-in"),
        "frame": Frame(),
    }
    membership = getattr(request, "membership", None)
    if membership is None:
        return context
    path = request.path
    return {
        **context,
        "membership": membership,
        "workspace": membership.workspace,
        "frame": _frame(membership, path),
        "settings_nav": settings_nav(membership, path) if "/settings/" in path else [],
        "knowledge_nav": knowledge_nav(membership, path) if "/knowledge/" in path else [],
    }


def _frame(membership: Membership, path: str) -> Frame:
    member = membership.role, membership.user.name, membership.availability
    return _framed(membership.workspace_id, *member, path, get_language())


@lru_cache(maxsize=1024)
def _framed(workspace: UUID, role: str, user: str, availability: str, path: str, language: str | None) -> Frame:
    """The frame in the language, which is the active one."""
    places = [
        ("dashboard:conversations", _("Conversations"), "inbox", "g c", Permission.CONVERSATIONS_VIEW),
        ("dashboard:search", _("Search"), "search", "g s", Permission.CONVERSATIONS_VIEW),
        ("dashboard:knowledge", _("Knowledge"), "book-open", "g k", Permission.KNOWLEDGE_VIEW),
        ("dashboard:settings", _("Settings"), "settings", "g e", Permission.MEMBERS_VIEW),
    ]
    allowed = permissions_of(role)
    shown = [(address(name, workspace), label, icon, keys) for name, label, icon, keys, need in places if need in allowed]
    current = max((url for url, *_rest in shown if path.startswith(url)), key=len, default="")
    return Frame(
        places=tuple(Place(url, label, icon, keys, url == current) for url, label, icon, keys in shown),
        user=user,
        profile_url=address("accounts:profile"),
        availability=availability,
        availability_label=str(Membership.Availability(availability).label),
        availability_url=address("dashboard:availability", workspace),
    )
