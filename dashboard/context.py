"""What every page's frame needs."""

from typing import Any

from django.http import HttpRequest

from chatzee.env import env


def frame(request: HttpRequest) -> dict[str, Any]:
    """The edge's address for sockets, and the theme that the user chose."""
    theme = getattr(request.user, "theme", "system") if hasattr(request, "user") else "system"
    return {"edge_url": env.edge_url, "theme": theme}
