"""Members: their roles, and their leaving."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, TeamMember
from accounts.permissions import Permission, Role, require
from core.audit import Action, Actor, record
from core.events import publish


def grantable_roles(member: Membership) -> list[Role]:
    """The roles that a member may give to others."""
    return [role for role in Role if role != Role.OWNER or member.can(Permission.OWNERS_MANAGE)]


@transaction.atomic
def change_role(membership: Membership, role: str, *, by: Membership) -> Membership:
    """Give a member another role. Raises PermissionDenied, or ValidationError for the last owner."""
    found = _locked(membership, by)
    if role not in grantable_roles(by):
        raise PermissionDenied(_("Only an owner can make somebody an owner."))
    if found.role == Role.OWNER != role:
        _require_another_owner(found)
    if found.role != role:
        before, found.role = found.role, role
        found.save(update_fields=["role"])
        record(Action.MEMBER_ROLE_CHANGED, actor=Actor.user(by.user_id), target=found, before=before, after=role)
        publish("member.changed", user=str(found.user_id))
    return found


@transaction.atomic
def remove_member(membership: Membership, *, by: Membership) -> Membership:
    """End a member's access; what they wrote and what is assigned to them stays. Raises as `change_role` does."""
    found = _locked(membership, by)
    if found.role == Role.OWNER:
        _require_another_owner(found)
    found.is_active = False
    found.save(update_fields=["is_active"])
    TeamMember.objects.filter(user_id=found.user_id).delete()
    record(Action.MEMBER_REMOVED, actor=Actor.user(by.user_id), target=found)
    publish("member.changed", user=str(found.user_id))
    return found


def _locked(membership: Membership, by: Membership) -> Membership:
    require(by, Permission.MEMBERS_MANAGE)
    found = Membership.objects.select_for_update().get(pk=membership.pk, is_active=True)
    if found.role == Role.OWNER and not by.can(Permission.OWNERS_MANAGE):
        raise PermissionDenied(_("Only an owner can change or remove an owner."))
    return found


def _require_another_owner(leaving: Membership) -> None:
    # All owners' rows are locked, so that two owners cannot remove each other at the same time.
    owners = Membership.objects.select_for_update().filter(role=Role.OWNER, is_active=True).order_by("pk")
    if all(owner.pk == leaving.pk for owner in list(owners)):
        raise ValidationError(_("A workspace needs an owner. Make somebody else an owner first."))
