"""Mails, sent by workers. Arguments are ids; tokens are made here, so that none waits in the broker."""

from uuid import UUID

from celery import shared_task
from django.urls import reverse

from accounts import mail, presence
from accounts.models import AddressChange, Invitation, User
from accounts.selectors import holder_of_address
from accounts.services import ghosts, invitations, sessions
from accounts.tokens import address_tokens, change_tokens, reset_tokens, uid_of
from chatzee.env import env
from core.tenancy import scope

#: A mail server that is away is tried again, for an hour at most: the links would be void by then.
_mail_task = shared_task(autoretry_for=(OSError,), retry_backoff=10, retry_backoff_max=900, max_retries=8)


@_mail_task
def mail_address_check(user_id: str) -> None:
    """The link that proves the address of somebody who signed up, or the news that it has an account already."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None or user.email_verified_at is not None:
        return
    has_account = holder_of_address(user) is not None
    url = _url("accounts:address", uid_of(user), address_tokens.make_token(user))
    mail.send("address_taken" if has_account else "address_check", to=user.email, language=user.language, name=user.name, url=url)


@_mail_task
def mail_address_change(user_id: str) -> None:
    """The link that proves a new address, to it, and the news to the old one."""
    change = AddressChange.objects.select_related("user").filter(user_id=user_id).first()
    if change is None:
        return
    user = change.user
    url = _url("accounts:address-change", uid_of(user), change_tokens.make_token(user))
    mail.send("address_change", to=change.email, language=user.language, name=user.name, url=url)
    mail.send("address_changing", to=user.email, language=user.language, name=user.name)


@_mail_task
def mail_password_reset(user_id: str) -> None:
    """The link that sets a new password."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        url = _url("accounts:new-password", uid_of(user), reset_tokens.make_token(user))
        mail.send("password_reset", to=user.email, language=user.language, name=user.name, url=url)


@_mail_task
def mail_security_news(user_id: str, what: str) -> None:
    """Tell a person that their password or a factor has changed. `what` is a name of accounts/mail/news.txt."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None:
        mail.send("news", to=user.email, language=user.language, name=user.name, what=what, url=_url("accounts:profile"))


@_mail_task
def mail_invitation(workspace_id: str, invitation_id: str) -> None:
    """An invitation with a new token; the one of an earlier mail is void from here on."""
    with scope(UUID(workspace_id)):
        found = Invitation.objects.select_related("workspace", "invited_by").filter(pk=invitation_id).first()
        if found is None or not found.is_open:
            return
        token = invitations.renew_token(found)
        context = {"workspace": found.workspace.name, "by": found.invited_by.name, "role": found.get_role_display()}
        to, language = found.email, found.workspace.language
    mail.send("invitation", to=to, language=language, url=_url("accounts:invitation", token), **context)


@shared_task
def drop_old_sessions() -> None:
    """Forget sessions that are over: Django's rows, and ours about them."""
    sessions.drop_old()


@shared_task
def purge_ghosts() -> None:
    """Remove accounts that nobody can get into any more."""
    ghosts.purge_ghosts()


@shared_task
def sweep_presence() -> None:
    """Notice workspaces whose last member has gone."""
    presence.sweep()


def _url(name: str, *arguments: str) -> str:
    return env.public_url.rstrip("/") + reverse(name, args=arguments)
