"""News of AI's budget for the people who can do something about it."""

from uuid import UUID

from django.urls import reverse

from accounts import mail
from accounts.models import Membership
from accounts.permissions import Permission, permissions_of
from ai.services.settings import settings_of
from chatzee.env import env
from core.tenancy import scope


def tell_budget(workspace_id: UUID, state: str) -> None:
    """Write to the workspace's people who set AI up that its budget is nearly (`warned`) or all (`stopped`) spent."""
    with scope(workspace_id):
        budget = settings_of().budget_micros
        if budget is None:
            return
        members = Membership.objects.select_related("user", "workspace").filter(is_active=True)
        able = [one for one in members if Permission.AI_MANAGE in permissions_of(one.role)]
        readers = [(one.user.email, one.user.language, one.user.name, one.workspace.name) for one in able]
    url = env.public_url.rstrip("/") + reverse("dashboard:ai-spend", args=[workspace_id])
    for address, language, name, workspace in readers:
        mail.send(f"ai_budget_{state}", to=address, language=language, name=name, workspace=workspace, url=url)
