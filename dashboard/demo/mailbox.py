"""The demo workspace's e-mail inbox. Its mailbox lives in the emulator, so it is made only where that stands in."""

from collections.abc import Sequence

from accounts.models import User
from channels_app.emulators.mail.demo import DEMO_MAILBOX
from chatzee.env import env
from conversations.models import Inbox
from dashboard.demo.inboxes import add_inbox


def add_mailbox(members: Sequence[User]) -> Inbox | None:
    """Make the inbox in the workspace in scope and have it connected; None where no mail is emulated."""
    if not env.demo_mail:
        return None
    host, smtp_port, imap_port = env.demo_mail.split(":")
    server = {"user": DEMO_MAILBOX["address"], "password": DEMO_MAILBOX["password"], "login": "password", "protocol": "imap"}
    given = {
        "address": DEMO_MAILBOX["address"],
        "display_name": "Terra & Glaze",
        "receive": "mailbox",
        "first_days": 1,
        "plus_addresses": True,
        "mailbox_host": host,
        "mailbox_port": int(imap_port),
        "mailbox_security": "plain",
        "smtp_host": host,
        "smtp_port": int(smtp_port),
        "smtp_security": "plain",
        **server,
    }
    return add_inbox("email", "E-mail", given, members)
