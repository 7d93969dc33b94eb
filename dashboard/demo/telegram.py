"""The demo workspace's Telegram inbox. Its bot lives in the emulator, so it is made only where that stands in."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from accounts.models import User
from channels_app.emulators.telegram.demo import DEMO_BOT
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_telegram(members: Iterable[User]) -> Inbox | None:
    """Make the inbox in the workspace in scope and have it connected; None where Telegram is the real one."""
    if urlsplit(env.telegram_api_url).hostname not in ("127.0.0.1", "localhost"):
        return None
    settings = adapter_of("telegram").new_settings({"token": DEMO_BOT["token"], "groups": "mentions"})
    inbox = create_inbox(channel="telegram", name="Telegram", settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox
