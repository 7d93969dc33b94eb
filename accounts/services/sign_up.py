"""Signing up, and proving addresses.

An address belongs to whoever has proven it. Until then a second person may sign up with it all the same and see
nothing different, so that nobody learns who has an account; only the mailbox is told. Whoever follows its link gets
the address, or, when it had an account already, brings the new workspace into that one.
"""

from django.db import transaction
from django.utils import timezone

from accounts.mailing import mail_later
from accounts.models import AddressChange, Membership, User, UserSession
from accounts.models.user import email_index
from accounts.selectors import holder_of_address, memberships_of
from accounts.services.sessions import revoke_all
from accounts.services.workspaces import add_member, create_workspace
from core.audit import Action, Actor, record
from core.tenancy import scope


def sign_up(
    *, name: str, email: str, password: str, company: str, language: str = "en", time_zone: str = "UTC"
) -> tuple[User, Membership]:
    """Make a user and a workspace of theirs, and mail a link to prove the address. Outside any scope."""
    with transaction.atomic():
        user = User(name=name.strip(), email=email.strip(), language=language, time_zone=time_zone)
        is_taken = User.objects.by_email(email) is not None
        user.email_index = None if is_taken else email_index(email)
        user.set_password(password)
        user.save(force_insert=True)
    workspace = create_workspace(name=company, owner=user, language=language, time_zone=time_zone)
    mail_later("mail_address_check", user.pk)
    membership = next(one for one in memberships_of(user) if one.workspace_id == workspace.pk)
    return user, membership


@transaction.atomic
def prove_address(user: User) -> User:
    """Whoever owns the mailbox has followed the link; return the user whose account it now is. Outside any scope.

    An unproven holder of the address loses it. A proven one takes over the workspaces of `user`, who ends here.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    holder = holder_of_address(user)
    if holder is not None and holder.email_verified_at is not None:
        _adopt(holder, user)
        return holder
    if holder is not None:
        holder.email_index = None
        holder.save(update_fields=["email_index"])
    user.email_index, user.email_verified_at = email_index(user.email), timezone.now()
    user.save(update_fields=["email_index", "email_verified_at"])
    return user


def ask_address_change(user: User, email: str) -> None:
    """Remember a new address and mail it a link; the old one stays until the link is followed."""
    AddressChange.objects.filter(user=user).delete()
    AddressChange.objects.create(user=user, email=email.strip())
    mail_later("mail_address_change", user.pk)


@transaction.atomic
def change_address(user: User, *, keep: UserSession | None) -> bool:
    """Put the proven new address in place of the old one and end all sessions but `keep`.

    False, and nothing changed, when another account has proven the address meanwhile.
    """
    change = AddressChange.objects.select_for_update().get(user=user)
    holder = User.objects.by_email(change.email)
    if holder is not None and holder.pk != user.pk:
        if holder.email_verified_at is not None:
            change.delete()
            return False
        holder.email_index = None
        holder.save(update_fields=["email_index"])
    user.set_email(change.email)
    user.email_verified_at = timezone.now()
    user.save(update_fields=["email", "email_index", "email_verified_at"])
    change.delete()
    revoke_all(user, but=keep)
    return True


def _adopt(holder: User, newcomer: User) -> None:
    for membership in memberships_of(newcomer):
        with scope(membership.workspace_id):
            add_member(holder, role=membership.role, actor=Actor.user(holder.pk))
            Membership.objects.filter(pk=membership.pk).update(is_active=False)
            record(Action.MEMBER_REMOVED, actor=Actor.user(holder.pk), target=membership)
    newcomer.is_active = False
    newcomer.save(update_fields=["is_active"])
    revoke_all(newcomer)
