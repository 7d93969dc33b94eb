"""Reads of accounts."""

from accounts.models import Membership, User
from core.tenancy import crossing


def memberships_of(user: User) -> list[Membership]:
    """The active memberships of a user, in all workspaces, by name of the workspace. Outside any scope."""
    with crossing("list a user's own workspaces"):
        members = Membership.objects.select_related("workspace").filter(user=user, is_active=True)
        return sorted(members, key=lambda one: one.workspace.name.casefold())
