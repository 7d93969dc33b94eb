"""The demo workspace's SMS inbox. Its account lives in the emulator, so it is made only where that stands in."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from accounts.models import User
from channels_app.emulators.twilio.demo import DEMO_ACCOUNT
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_sms(members: Iterable[User]) -> Inbox | None:
    """Make the inbox in the workspace in scope and have it connected; None where Twilio is the real one."""
    if urlsplit(env.twilio_api_url).hostname not in ("127.0.0.1", "localhost"):
        return None
    given = {
        "account_sid": DEMO_ACCOUNT["sid"],
        "auth_token": DEMO_ACCOUNT["auth_token"],
        "sender": DEMO_ACCOUNT["number"],
    }
    settings = adapter_of("sms").new_settings(given)
    inbox = create_inbox(channel="sms", name="SMS", settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox
