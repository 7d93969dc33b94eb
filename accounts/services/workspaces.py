"""Workspaces: making one, and who is in it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, User, Workspace
from accounts.permissions import Role
from accounts.selectors import has_second_factor
from core.audit import Action, Actor, record
from core.ids import new_id
from core.tenancy import scope
from core.vault import keyring


def create_workspace(*, name: str, owner: User, language: str = "en", time_zone: str = "UTC", is_demo: bool = False) -> Workspace:
    """Make a workspace with keys of its own and `owner` as its first member. Not inside another workspace's scope."""
    workspace = Workspace(id=new_id(), name=name.strip(), language=language, time_zone=time_zone, is_demo=is_demo)
    keyring.create_workspace_keys(workspace.pk)
    with scope(workspace.pk), transaction.atomic():
        workspace.save(force_insert=True)
        record(Action.WORKSPACE_CREATED, actor=Actor.user(owner.pk), target=workspace)
        add_member(owner, role=Role.OWNER, actor=Actor.user(owner.pk))
    return workspace


@transaction.atomic
def add_member(user: User, *, role: str, actor: Actor) -> Membership:
    """Give a user a role in the workspace in scope; one who had left comes back with the new role."""
    membership = Membership.objects.filter(user=user).first()
    if membership is None:
        membership = Membership.objects.create(user=user, role=role)
    else:
        membership.role, membership.is_active = role, True
        membership.save(update_fields=["role", "is_active"])
    record(Action.MEMBER_JOINED, actor=actor, target=membership, role=role)
    return membership


@transaction.atomic
def change_workspace(workspace: Workspace, *, name: str, time_zone: str, language: str, actor: Actor) -> None:
    """Change what a workspace is called, and the zone and language of what it sends by itself."""
    workspace.name, workspace.time_zone, workspace.language = name.strip(), time_zone, language
    workspace.save(update_fields=["name", "time_zone", "language"])
    record(Action.WORKSPACE_CHANGED, actor=actor, target=workspace, what="general")


@transaction.atomic
def require_second_factor(workspace: Workspace, *, is_required: bool, by: Membership) -> None:
    """Switch on or off that members need a second factor; those without one are led to it at their next page.

    Raises ValidationError when whoever switches it on has none: they would lock themselves out.
    """
    if is_required and not has_second_factor(by.user):
        raise ValidationError(_("Set up a second factor of your own first."))
    workspace.is_second_factor_required = is_required
    workspace.save(update_fields=["is_second_factor_required"])
    record(Action.WORKSPACE_CHANGED, actor=Actor.user(by.user_id), target=workspace, what="second_factor", required=is_required)
