"""Mail coming in from a mailbox that we read: by IMAP, kept open and told of new mail, or by POP3, asked every half minute."""

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from types import ModuleType
from typing import Any

from channels_app.adapters.email.accounts import POP3, Account, account_of, protocol_of, server_of
from channels_app.adapters.email.lines import Server
from channels_app.adapters.email.oauth import access_token
from channels_app.adapters.email.receiving import imap, pop
from channels_app.contract import ChannelError, InboxConfig, Post

#: A line that lived so long, in seconds, is taken up again at once when it breaks: that is no failure.
LIVED = 60.0


def listen(inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
    """Bring an inbox's mail until `is_stopped`. Raises ChannelError when the mailbox cannot be read."""
    begin = monotonic()
    try:
        _reader(inbox).listen(inbox, _where(inbox), cursor, post, is_stopped)
    except ChannelError as error:
        if error.code != "no_connection" or monotonic() - begin < LIVED:
            raise


def try_out(inbox: InboxConfig) -> str:
    """Sign in to the mailbox and look into it; its account. Raises ChannelError."""
    server, account = _where(inbox)
    _reader(inbox).try_out(inbox, server, account)
    return account.user


def _reader(inbox: InboxConfig) -> ModuleType:
    return pop if protocol_of(inbox) == POP3 else imap


def _where(inbox: InboxConfig) -> tuple[Server, Account]:
    """The mailbox's server and account. Raises ChannelError."""
    protocol = protocol_of(inbox)
    return server_of(inbox, protocol), account_of(inbox, protocol, partial(access_token, inbox))
