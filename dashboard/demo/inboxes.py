"""The demo workspace's inboxes whose other side lives in the emulator: made only where that stands in for their platforms."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from accounts.models import User
from channels_app.emulators.instagram.demo import DEMO_ACCOUNT as INSTAGRAM
from channels_app.emulators.messenger.demo import DEMO_PAGE
from channels_app.emulators.telegram.demo import DEMO_BOT
from channels_app.emulators.twilio.demo import DEMO_ACCOUNT as TWILIO
from channels_app.emulators.whatsapp.demo import DEMO_NUMBER
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_emulated(members: Sequence[User]) -> list[Inbox]:
    """Make the inboxes in the workspace in scope and have them connected."""
    return [
        add_inbox(channel, name, given, members)
        for channel, name, api_url, given in _platforms()
        if urlsplit(api_url).hostname in ("127.0.0.1", "localhost")
    ]


def add_inbox(channel: str, name: str, given: Mapping[str, Any], members: Sequence[User]) -> Inbox:
    """Make one inbox of a channel with what its form would give, and have it connected."""
    settings = adapter_of(channel).new_settings(dict(given))
    inbox = create_inbox(channel=channel, name=name, settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox


def _platforms() -> list[tuple[str, str, str, Mapping[str, Any]]]:
    """Channel, name, where its platform is, and what the form would give."""
    number = {
        "phone_number_id": DEMO_NUMBER["id"],
        "waba_id": DEMO_NUMBER["waba"],
        "token": DEMO_NUMBER["token"],
        "app_secret": DEMO_NUMBER["app_secret"],
        "pin": "",
    }
    texting = {"account_sid": TWILIO["sid"], "auth_token": TWILIO["auth_token"], "sender": TWILIO["number"]}
    return [
        ("telegram", "Telegram", env.telegram_api_url, {"token": DEMO_BOT["token"], "groups": "mentions"}),
        ("whatsapp", "WhatsApp", env.meta_graph_url, number),
        ("messenger", "Messenger", env.meta_graph_url, _access(DEMO_PAGE)),
        ("instagram", "Instagram", env.instagram_graph_url, _access(INSTAGRAM)),
        ("sms", "SMS", env.twilio_api_url, texting),
    ]


def _access(account: Mapping[str, str]) -> dict[str, str]:
    return {"token": account["token"], "app_secret": account.get("app_secret", "")}
