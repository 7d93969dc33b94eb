"""Connecting a mailbox: an account's tokens are fetched, and both sides are tried before the first customer writes."""

from collections.abc import Callable
from functools import partial

from django.utils.translation import gettext as _

from channels_app.adapters.email.accounts import account_of, server_of
from channels_app.adapters.email.config import Receive
from channels_app.adapters.email.oauth import access_token, take_grant
from channels_app.adapters.email.receiving import try_out
from channels_app.adapters.email.sending.smtp import Post
from channels_app.contract import ChannelError, Connection, InboxConfig

#: Seconds for signing in to the sending server.
SECONDS = 40.0


def connect(inbox: InboxConfig, hook_url: str) -> Connection:
    """Sign in to the mailbox, where one is read, and to the server that sends. Raises ChannelError, with which side it was."""
    take_grant(inbox)
    said = []
    if inbox.settings.get("receive") == Receive.MAILBOX:
        account = _tried(_("Reading mail"), lambda: try_out(inbox))
        said.append(_("We read the mail of %(account)s.") % {"account": account})
    host = _tried(_("Sending mail"), lambda: _try_sending(inbox))
    said.append(_("We send through %(host)s.") % {"host": host})
    return Connection(words=" ".join(said))


def _try_sending(inbox: InboxConfig) -> str:
    server = server_of(inbox, "smtp")
    with Post(server, account_of(inbox, "smtp", partial(access_token, inbox)), SECONDS):
        return server.host


def _tried[T](side: str, attempt: Callable[[], T]) -> T:
    """What a side gives; its error says which side it was."""
    try:
        return attempt()
    except ChannelError as error:
        detail = f"{side}: {error.detail}" if error.detail else side
        raise ChannelError(
            error.code, permanent=error.permanent, stops_inbox=error.stops_inbox, is_inbox_wide=error.is_inbox_wide, detail=detail
        ) from None
