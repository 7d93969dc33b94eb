"""Mail going out: a message is built, handed to the inbox's server, and what the server says is understood."""

from functools import partial

from channels_app.adapters.email.accounts import account_of, server_of
from channels_app.adapters.email.oauth import access_token
from channels_app.adapters.email.own import own_mail
from channels_app.adapters.email.reply_tokens import bounce_address
from channels_app.adapters.email.sending.building import Mail, built
from channels_app.adapters.email.sending.smtp import Post
from channels_app.contract import InboxConfig, Outgoing, Sent

#: Seconds for one mail, sign-in and all; below the outbox's lease.
SECONDS = 75.0


def send(outgoing: Outgoing, inbox: InboxConfig) -> Sent:
    """Send a message by mail. Raises ChannelError."""
    server = server_of(inbox, "smtp")
    account = account_of(inbox, "smtp", partial(access_token, inbox))
    mail = built(outgoing, inbox)
    with Post(server, account, SECONDS) as post:
        left_out = post.hand_over(mail, envelope_sender(outgoing, inbox))
    return Sent(mail.message_id, code="copy_refused" if left_out else "")


def envelope_sender(outgoing: Outgoing, inbox: InboxConfig) -> str:
    """Whom a bounce goes to: an address of this one message's, where the inbox's server knows plus-addresses."""
    own = own_mail(inbox)
    if not own.secret or not inbox.settings.get("plus_addresses", True):
        return own.address
    return bounce_address(own.address, own.secret, outgoing.reference)


__all__ = ["Mail", "envelope_sender", "send"]
