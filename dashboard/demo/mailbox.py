"""The demo workspace's e-mail inbox. Its mailbox lives in the emulator, so it is made only where that stands in."""

from collections.abc import Iterable

from accounts.models import User
from channels_app.emulators.mail.demo import DEMO_MAILBOX
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_mailbox(members: Iterable[User]) -> Inbox | None:
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
    settings = adapter_of("email").new_settings(given)
    inbox = create_inbox(channel="email", name="E-mail", settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox
