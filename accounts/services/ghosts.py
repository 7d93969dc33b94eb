"""Accounts that nobody can get into any more: their address was another's from the start, or became another's."""

from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from accounts.models import Membership, TeamMember, User
from accounts.services.sessions import revoke_all
from core.audit import Action, Actor, record
from core.events import publish
from core.tenancy import crossing, scope

#: Twice the life of the longest session: whoever has not come back within it cannot come back.
KEEP = timedelta(days=30)


def purge_ghosts() -> int:
    """Remove accounts without an address of their own that were not used for 30 days; return how many. Outside any scope.

    One that wrote something or has conversations stays as a name without an address: colleagues must still see who did
    what. Workspaces stay as they are, without this member.
    """
    before = timezone.now() - KEEP
    unused = Q(last_login=None) | Q(last_login__lt=before)
    ghosts = User.objects.filter(
        unused, email_index=None, email_verified_at=None, email__isnull=False, is_staff=False, created_at__lt=before
    )
    return sum(_purge(user_id) for user_id in list(ghosts.values_list("pk", flat=True)))


@transaction.atomic
def _purge(user_id: UUID) -> bool:
    # Read again under the row's lock: its owner may just have proven the address.
    user = User.objects.select_for_update().filter(pk=user_id, email_index=None, email_verified_at=None).first()
    if user is None:
        return False
    revoke_all(user)
    with crossing("find the workspaces of an account that is purged"):
        places = list(Membership.objects.filter(user=user).values_list("workspace_id", flat=True))
    for workspace_id in places:
        with scope(workspace_id):
            _leave(user)
    if not _delete(user):
        user.email, user.is_active = "", False
        user.set_unusable_password()
        user.save(update_fields=["email", "is_active", "password"])
    return True


def _leave(user: User) -> None:
    membership = Membership.objects.get(user=user)
    record(Action.MEMBER_REMOVED, actor=Actor.system(), target=membership)
    TeamMember.objects.filter(user=user).delete()
    membership.delete()
    publish("member.changed", user=str(user.pk))


def _delete(user: User) -> bool:
    try:
        with transaction.atomic(), crossing("purge an account"):
            user.delete()
            connection.check_constraints()
    except (ProtectedError, IntegrityError):
        return False
    return True
