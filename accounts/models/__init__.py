"""The tables of accounts."""

from accounts.models.membership import Membership
from accounts.models.team import Team, TeamMember
from accounts.models.user import User
from accounts.models.workspace import Workspace

__all__ = ["Membership", "Team", "TeamMember", "User", "Workspace"]
