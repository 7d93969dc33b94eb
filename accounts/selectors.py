"""Reads of accounts."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import (
    Invitation,
    Membership,
    Passkey,
    RecoveryCode,
    Team,
    TeamMember,
    TotpDevice,
    User,
    UserSession,
    Workspace,
)
from accounts.models.invitation import token_digest
from accounts.models.user import email_index
from accounts.permissions import Role
from core.database.asking import Question, Row
from core.tenancy import crossing
from core.vault.instances import instance_of

_ORDER = {role: place for place, role in enumerate(Role.values)}


def memberships_of(user: User) -> list[Membership]:
    """The active memberships of a user, in all workspaces, by name of the workspace. Outside any scope."""
    with crossing("list a user's own workspaces"):
        members = Membership.objects.select_related("workspace").filter(user=user, is_active=True)
        return sorted(members, key=lambda one: one.workspace.name.casefold())


#: Asked by every page of a workspace, so it is written by hand: composing it took longer than running it.
_MEMBERSHIP = """SELECT m.id, m.role, m.availability, m.created_at, w.name, w.time_zone, w.language, w.is_second_factor_required,
    w.is_demo, w.created_at FROM accounts_membership m JOIN accounts_workspace w ON w.id = m.workspace_id
    WHERE m.workspace_id = %s AND m.user_id = %s AND m.is_active"""


def membership_asked(user: User, workspace_id: UUID) -> Question[Membership | None]:
    """The active membership of a user in a workspace, with the workspace, as a question to its scope."""

    def read(rows: list[Row]) -> Membership | None:
        return _membership(user, workspace_id, rows[0]) if rows else None

    return Question(_MEMBERSHIP, [workspace_id, user.pk], read)


def _membership(user: User, workspace_id: UUID, row: Row) -> Membership:
    pk, role, availability, created_at, *rest = row
    columns = ("id", "name", "time_zone", "language", "is_second_factor_required", "is_demo", "created_at")
    member_columns = ("id", "workspace_id", "user_id", "role", "availability", "is_active", "created_at")
    values = (pk, workspace_id, user.pk, role, availability, True, created_at)
    membership = instance_of(Membership, member_columns, values)
    membership.workspace = instance_of(Workspace, columns, (workspace_id, *rest))
    membership.user = user
    return membership


def holder_of_address(user: User) -> User | None:
    """Another user who has the address of `user`, which is then not theirs to sign in with."""
    holder = User.objects.filter(email_index=email_index(user.email)).first()
    return None if holder is None or holder.pk == user.pk else holder


def members() -> list[Membership]:
    """The active members of the workspace in scope, by role and name."""
    found = Membership.objects.select_related("user").filter(is_active=True)
    return sorted(found, key=lambda one: (_ORDER[one.role], one.user.name.casefold()))


def open_invitations() -> list[Invitation]:
    """Invitations of the workspace in scope that nobody has accepted or revoked, newest first, expired ones too."""
    return list(Invitation.objects.filter(accepted_at=None, revoked_at=None).order_by("-created_at"))


def invitation_by_token(token: str) -> Invitation | None:
    """The open invitation behind a mailed token, with its workspace. Outside any scope."""
    with crossing("open an invitation by its token"):
        found = Invitation.objects.select_related("workspace", "invited_by").filter(token_digest=token_digest(token)).first()
        if found is None or not found.is_open:
            return None
        # Read while the scope is open: names are decrypted on use.
        assert found.email
        assert found.invited_by.name
        return found


def teams() -> list[Team]:
    """The teams of the workspace in scope, by name, each with `people`: its active members as users."""
    found = list(Team.objects.order_by("name"))
    active = {member.user_id: member.user for member in members()}
    people: dict[UUID, list[User]] = {team.pk: [] for team in found}
    for link in TeamMember.objects.all():
        if link.user_id in active:
            people[link.team_id].append(active[link.user_id])
    for team in found:
        team.people = sorted(people[team.pk], key=lambda one: one.name.casefold())  # type: ignore[attr-defined]
    return found


def has_second_factor(user: User) -> bool:
    """Whether a person has an authenticator app or a passkey."""
    return TotpDevice.objects.filter(user=user, confirmed=True).exists() or Passkey.objects.filter(user=user).exists()


def users_with_second_factor(user_ids: Iterable[UUID]) -> set[UUID]:
    """Which of the users have an authenticator app or a passkey."""
    ids = list(user_ids)
    apps = TotpDevice.objects.filter(user_id__in=ids, confirmed=True).values_list("user_id", flat=True)
    keys = Passkey.objects.filter(user_id__in=ids).values_list("user_id", flat=True)
    return {*apps, *keys}


def totp_of(user: User, *, confirmed: bool = True) -> TotpDevice | None:
    """A person's authenticator app, or (`confirmed` False) the one being set up."""
    return TotpDevice.objects.filter(user=user, confirmed=confirmed).first()


def passkeys_of(user: User) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    return list(Passkey.objects.filter(user=user).order_by("created_at"))


def recovery_codes_left(user: User) -> int:
    """How many unused recovery codes a person has."""
    return RecoveryCode.objects.filter(sheet__user=user).count()


def sessions_of(user: User) -> list[UserSession]:
    """A person's signed-in browsers, the last seen first."""
    found = list(UserSession.objects.filter(user=user).order_by("-seen_at"))
    keys = [one.session_key for one in found]
    alive = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now()).values_list("session_key", flat=True)
    living = set(alive)
    return [one for one in found if one.session_key in living]
