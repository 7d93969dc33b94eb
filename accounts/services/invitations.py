"""Inviting people by e-mail."""

import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.mailing import mail_later
from accounts.models import Invitation, Membership, User
from accounts.models.invitation import LIFETIME, invited_index, token_digest
from accounts.models.user import email_index
from accounts.permissions import Permission, require
from accounts.services.members import grantable_roles
from accounts.services.workspaces import add_member
from core.audit import Action, Actor, record
from core.tenancy import scope


@transaction.atomic
def invite(emails: list[str], *, role: str, by: Membership) -> list[Invitation]:
    """Invite addresses; one that is invited already is invited anew with this role, a member is passed over.

    Raises ValidationError while the inviter's own address is unproven, PermissionDenied for a role beyond them.
    """
    require(by, Permission.MEMBERS_MANAGE)
    if by.user.email_verified_at is None:
        raise ValidationError(_("Confirm your own e-mail address first: the link is in your mailbox."))
    if role not in grantable_roles(by):
        raise PermissionDenied(_("Only an owner can invite an owner."))
    present = _addresses_of_members()
    invitations = []
    for email in {invited_index(one): one for one in reversed(emails) if email_index(one) not in present}.values():
        invitation, _created = Invitation.objects.update_or_create(
            email_index=invited_index(email),
            accepted_at=None,
            revoked_at=None,
            defaults={"role": role, "invited_by": by.user, "expires_at": timezone.now() + LIFETIME},
            create_defaults={
                "email": email.strip(),
                "role": role,
                "invited_by": by.user,
                "expires_at": timezone.now() + LIFETIME,
            },
        )
        record(Action.MEMBER_INVITED, actor=Actor.user(by.user_id), target=invitation, role=role)
        mail_later("mail_invitation", invitation.workspace_id, invitation.pk)
        invitations.append(invitation)
    return invitations


@transaction.atomic
def resend(invitation: Invitation, *, by: Membership) -> None:
    """Send an open invitation again; it is good for another seven days, and its earlier link is void."""
    require(by, Permission.MEMBERS_MANAGE)
    invitation.expires_at = timezone.now() + LIFETIME
    invitation.save(update_fields=["expires_at"])
    record(Action.MEMBER_INVITED, actor=Actor.user(by.user_id), target=invitation, role=invitation.role)
    mail_later("mail_invitation", invitation.workspace_id, invitation.pk)


@transaction.atomic
def revoke(invitation: Invitation, *, by: Membership) -> None:
    """Take an invitation back: its link leads nowhere from here on."""
    require(by, Permission.MEMBERS_MANAGE)
    invitation.revoked_at, invitation.token_digest = timezone.now(), None
    invitation.save(update_fields=["revoked_at", "token_digest"])
    record("member.invitation_revoked", actor=Actor.user(by.user_id), target=invitation)


def renew_token(invitation: Invitation) -> str:
    """A new token for the mail that is about to go out."""
    token = secrets.token_urlsafe(32)
    invitation.token_digest = token_digest(token)
    invitation.save(update_fields=["token_digest"])
    return token


def accept(invitation: Invitation, user: User) -> Membership:
    """Let the owner of the invited address join. Outside any scope.

    The mailed link has proven the address. Raises ValidationError when it is another address than the user's, or the
    invitation was used, revoked or has expired meanwhile.
    """
    with scope(invitation.workspace_id), transaction.atomic():
        found = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if not found.is_open:
            raise ValidationError(_("This invitation is no longer valid. Ask for a new one."))
        if email_index(found.email) != user.email_index:
            raise ValidationError(_("This invitation is for another e-mail address than the one you are signed in with."))
        found.accepted_at, found.token_digest = timezone.now(), None
        found.save(update_fields=["accepted_at", "token_digest"])
        member = Membership.objects.filter(user=user, is_active=True).first()
        return member or add_member(user, role=found.role, actor=Actor.user(user.pk))


def accept_as_new(invitation: Invitation, *, name: str, password: str, language: str = "", time_zone: str = "") -> User:
    """Make a user of the invited address, which the mailed link has proven, and let them join. Outside any scope."""
    with transaction.atomic():
        unproven = User.objects.by_email(invitation.email)
        if unproven is not None:
            unproven.email_index = None
            unproven.save(update_fields=["email_index"])
        user = User.objects.create_user(
            invitation.email,
            password,
            name=name.strip(),
            language=language,
            time_zone=time_zone,
            email_verified_at=timezone.now(),
        )
        accept(invitation, user)
    return user


def _addresses_of_members() -> set[bytes | None]:
    return set(Membership.objects.filter(is_active=True).values_list("user__email_index", flat=True))
