"""Mail coming in from a mailbox that we read: by IMAP, kept open and told of new mail, or by POP3, asked every half minute."""

from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any

from channels_app.adapters.email.accounts import POP3, account_of, protocol_of, server_of
from channels_app.adapters.email.oauth import access_token
from channels_app.adapters.email.receiving import imap, pop
from channels_app.contract import ChannelError, InboxConfig, Post

#: A line that lived so long, in seconds, is taken up again at once when it breaks: that is no failure.
LIVED = 60.0


def listen(inbox: InboxConfig, cursor: Mapping[str, Any], post: Post, is_stopped: Callable[[], bool]) -> None:
    """Bring an inbox's mail until `is_stopped`. Raises ChannelError when the mailbox cannot be read."""
    begin = monotonic()
    protocol = protocol_of(inbox)
    read = pop.listen if protocol == POP3 else imap.listen
    try:
        server = server_of(inbox, protocol)
        account = account_of(inbox, protocol, partial(access_token, inbox))
        read(inbox, (server, account), cursor, post, is_stopped)
    except ChannelError as error:
        if error.code != "no_connection" or monotonic() - begin < LIVED:
            raise


def try_out(inbox: InboxConfig) -> str:
    """Sign in to the mailbox and look into it; its account. Raises ChannelError."""
    protocol = protocol_of(inbox)
    server = server_of(inbox, protocol)
    account = account_of(inbox, protocol, partial(access_token, inbox))
    (pop if protocol == POP3 else imap).try_out(inbox, server, account)
    return account.user
