"""Changing and resetting passwords."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.mailing import mail_later
from accounts.models import Passkey, RecoverySheet, TotpDevice, User
from accounts.services import sessions
from accounts.services.trail import record_everywhere
from core.audit import Action


def ask_password_reset(email: str) -> None:
    """Mail a link to the account of an address, when there is one; the caller learns nothing."""
    try:
        user = User.objects.by_email(email)
    except ValueError:
        return
    if user is not None and user.is_active:
        mail_later("mail_password_reset", user.pk)


def reset_password(user: User, password: str) -> None:
    """Set a new password for whoever followed the mailed link, and end every session. Outside any scope.

    The second factor stays; only factors that somebody added before the address was proven go, since the mailbox's
    owner has now been shown to be another person than whoever added them could prove to be.
    """
    with transaction.atomic():
        user.set_password(password)
        changed = ["password"]
        if user.email_verified_at is None:
            for model in (TotpDevice, Passkey, RecoverySheet):
                model.objects.filter(user=user).delete()
            user.email_verified_at = timezone.now()
            changed.append("email_verified_at")
        user.save(update_fields=changed)
        sessions.revoke_all(user)
        mail_later("mail_security_news", user.pk, "password")
    record_everywhere(user, Action.PASSWORD_CHANGED, reset=True)


def change_password(request: HttpRequest, user: User, password: str) -> None:
    """Set a new password and end every other session; this one goes on under a new key. Outside any scope."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.forget(request)
        update_session_auth_hash(request, user)
        sessions.moved(request)
        sessions.revoke_all(user, but=sessions.current(request))
        mail_later("mail_security_news", user.pk, "password")
    record_everywhere(user, Action.PASSWORD_CHANGED, reset=False)
