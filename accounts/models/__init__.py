"""The tables of accounts."""

from accounts.models.address_change import AddressChange
from accounts.models.factors import Passkey, RecoveryCode, RecoverySheet, TotpDevice
from accounts.models.invitation import Invitation
from accounts.models.membership import Membership
from accounts.models.session import UserSession
from accounts.models.team import Team, TeamMember
from accounts.models.user import User
from accounts.models.workspace import Workspace

__all__ = [
    "AddressChange",
    "Invitation",
    "Membership",
    "Passkey",
    "RecoveryCode",
    "RecoverySheet",
    "Team",
    "TeamMember",
    "TotpDevice",
    "User",
    "UserSession",
    "Workspace",
]
