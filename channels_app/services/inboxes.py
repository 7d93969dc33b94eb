"""Finding the inbox that a public key names, for those who come from outside."""

from channels_app.contract import InboxConfig
from channels_app.registry import config_of
from conversations.models import Inbox
from core.tenancy import crossing


def inbox_by_key(channel: str, key: str) -> InboxConfig | None:
    """The configuration behind a public inbox key, whichever workspace it is of; None when there is none."""
    with crossing("find the inbox of a public key"):
        inbox = Inbox.objects.filter(key=key, channel=channel).first()
        return config_of(inbox) if inbox else None
