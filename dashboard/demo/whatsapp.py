"""The demo workspace's WhatsApp inbox. Its number lives in the emulator, so it is made only where that stands in."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from accounts.models import User
from channels_app.emulators.whatsapp.demo import DEMO_NUMBER
from channels_app.registry import adapter_of
from channels_app.services.connecting import ask_to_connect
from chatzee.env import env
from conversations.models import Inbox
from conversations.services.inboxes import create_inbox
from core.audit import Actor


def add_whatsapp(members: Iterable[User]) -> Inbox | None:
    """Make the inbox in the workspace in scope and have it connected; None where WhatsApp is the real one."""
    if urlsplit(env.meta_graph_url).hostname not in ("127.0.0.1", "localhost"):
        return None
    given = {
        "phone_number_id": DEMO_NUMBER["id"],
        "waba_id": DEMO_NUMBER["waba"],
        "token": DEMO_NUMBER["token"],
        "app_secret": DEMO_NUMBER["app_secret"],
        "pin": "",
    }
    settings = adapter_of("whatsapp").new_settings(given)
    inbox = create_inbox(channel="whatsapp", name="WhatsApp", settings=settings, members=members, actor=Actor.system())
    ask_to_connect(inbox)
    return inbox
