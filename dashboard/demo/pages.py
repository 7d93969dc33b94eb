"""The demo workspace's Messenger and Instagram inboxes. Page and account live in the emulator: they are made only where it is."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from accounts.models import User
from channels_app.emulators.instagram.demo import DEMO_ACCOUNT
from channels_app.emulators.messenger.demo import DEMO_PAGE
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_messenger(members: Iterable[User]) -> Inbox | None:
    """Make the page's inbox in the workspace in scope and have it connected; None where Messenger is the real one."""
    return _add("messenger", "Messenger", DEMO_PAGE, members) if _is_emulated(env.meta_graph_url) else None


def add_instagram(members: Iterable[User]) -> Inbox | None:
    """Make the account's inbox in the workspace in scope and have it connected; None where Instagram is the real one."""
    return _add("instagram", "Instagram", DEMO_ACCOUNT, members) if _is_emulated(env.instagram_graph_url) else None


def _is_emulated(url: str) -> bool:
    return urlsplit(url).hostname in ("127.0.0.1", "localhost")


def _add(channel: str, name: str, account: Mapping[str, str], members: Iterable[User]) -> Inbox:
    given = {"token": account["token"], "app_secret": account.get("app_secret", "")}
    settings = adapter_of(channel).new_settings(given)
    inbox = create_inbox(channel=channel, name=name, settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox
