"""Whose events a platform's are: the inbox that is an account of it, whichever address a webhook came to."""

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.crypto import salted_hmac

from channels_app.contract import ChannelError, Connection, InboxConfig
from channels_app.models import InboxAccount
from channels_app.registry import config_of
from conversations.models import Inbox
from core.tenancy import crossing

#: Another inbox is this account already; whose it is, is nobody's business.
TAKEN = "account_taken"


def inbox_by_key(channel: str, key: str) -> InboxConfig | None:
    """The configuration behind a public inbox key, whichever workspace it is of; None when there is none."""
    with crossing("find the inbox of a public key"):
        inbox = Inbox.objects.select_related("account").filter(key=key, channel=channel).first()
        return _config(inbox) if inbox else None


def inboxes_of_account(channel: str, source: str, account: str, workspace_id: UUID | None) -> tuple[InboxConfig, ...]:
    """The inbox that is an account of a platform's app, or else all that stand under it.

    Where the app is a workspace's own, it speaks for that workspace's accounts only.
    """
    if (workspace_id is None) != (source == ""):
        return ()
    with crossing("find the inboxes of a platform's account"):
        known = InboxAccount.objects.select_related("inbox").filter(channel=channel, source=source)
        if workspace_id is not None:
            known = known.filter(workspace_id=workspace_id)
        found = list(known.filter(account=account)) or list(known.filter(parent=account))
        return tuple(_config(one.inbox, one) for one in found)


def keep_account(inbox: Inbox, connection: Connection) -> None:
    """Note which account an inbox is, proven by its credentials. Raises ChannelError when another inbox is it already."""
    if not connection.account:
        return
    facts = {
        "workspace_id": inbox.workspace_id,
        "channel": inbox.channel,
        "source": connection.source,
        "account": connection.account,
        "parent": connection.parent,
        "owner_hash": owner_hash(inbox.channel, connection.owner) if connection.owner else None,
    }
    try:
        with transaction.atomic():
            InboxAccount.objects.update_or_create(inbox=inbox, defaults=facts)
    except IntegrityError:
        raise ChannelError(TAKEN, permanent=True) from None


def owner_hash(platform: str, user: str) -> bytes:
    """A keyed hash of a platform's user, the same in every workspace: the platform names that user alone."""
    return salted_hmac(f"platform.user.{platform}", user, algorithm="sha256").digest()


def _config(inbox: Inbox, account: InboxAccount | None = None) -> InboxConfig:
    account = account or getattr(inbox, "account", None)
    config = config_of(inbox)
    return replace(config, account=account.account, source=account.source) if account else config
