"""`python -m channels_app.emulators --port 8002`: the platforms' stand-ins, on the loopback address."""

import argparse
import os
import time
from pathlib import Path

import uvicorn

from channels_app.emulators.app import Emulator
from channels_app.emulators.graph.provider import Graph
from channels_app.emulators.instagram.demo import DEMO_ACCOUNT as DEMO_INSTAGRAM
from channels_app.emulators.mail.demo import DEMO_MAILBOX
from channels_app.emulators.messenger.demo import DEMO_PAGE
from channels_app.emulators.playground.site import Product
from channels_app.emulators.telegram.demo import DEMO_BOT
from channels_app.emulators.twilio.demo import DEMO_ACCOUNT
from channels_app.emulators.whatsapp.demo import DEMO_NUMBER, DEMO_TEMPLATES

#: Numbers begin with the time, so that a process started anew repeats none that an inbox has seen.
_EPOCH = 1_700_000_000
#: Which channel hears of each object of the operator's app.
_OBJECTS = {"whatsapp_business_account": "whatsapp", "page": "messenger", "instagram": "instagram"}


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m channels_app.emulators", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--smtp-port", type=int, default=0, help="port of the mail server (default: a free one)")
    parser.add_argument("--pop-port", type=int, default=0, help="port of the mailboxes by POP3 (default: a free one)")
    parser.add_argument("--imap-port", type=int, default=0, help="port of the mailboxes by IMAP (default: a free one)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file for bots and webhooks, which then outlive a restart")
    parser.add_argument("--demo", action="store_true", help="have the demo workspace's accounts")
    parser.add_argument("--notes", type=Path, help="file with what loading the demo workspace said, for the playground")
    options = parser.parse_args()
    if os.environ.get("CHATZEE_MODE") == "production":
        parser.error("In production the platforms are the real ones.")
    emulator = Emulator(
        seed=options.seed,
        first=int(time.time()) - _EPOCH,
        keep=options.keep,
        smtp_port=options.smtp_port,
        pop_port=options.pop_port,
        imap_port=options.imap_port,
        tell_product=lambda: Product.told_by(options.notes, os.environ.get("CHATZEE_PUBLIC_URL", "")),
    )
    if options.demo:
        emulator.telegram.change("bots", DEMO_BOT)
        emulator.mail.add_mailbox(**DEMO_MAILBOX)
        emulator.whatsapp.change("numbers", DEMO_NUMBER)
        emulator.messenger.change("accounts", dict(DEMO_PAGE))
        emulator.twilio.change("accounts", dict(DEMO_ACCOUNT))
        for template in DEMO_TEMPLATES:
            emulator.whatsapp.change("templates", template)
        _add_operators_apps(emulator)
        emulator.instagram.change("accounts", {**DEMO_INSTAGRAM, "app": os.environ.get("CHATZEE_INSTAGRAM_APP_ID", "")})
    uvicorn.run(emulator, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


def _add_operators_apps(emulator: Emulator) -> None:
    """Have the apps that the operator made at Meta, with their webhooks as they would have been entered there."""
    edge = os.environ.get("CHATZEE_EDGE_URL", "").rstrip("/")
    webhooks = [{"object": name, "url": f"{edge}/hooks/{channel}"} for name, channel in _OBJECTS.items()]
    login = [{"object": "instagram", "url": f"{edge}/hooks/instagram?app=instagram"}]
    _add_app(emulator.graph, "META", "facebook", webhooks)
    _add_app(emulator.instagram_graph, "INSTAGRAM", "instagram", login)


def _add_app(graph: Graph, prefix: str, name: str, webhooks: list[dict[str, str]]) -> None:
    app_id, secret = os.environ.get(f"CHATZEE_{prefix}_APP_ID", ""), os.environ.get(f"CHATZEE_{prefix}_APP_SECRET", "")
    public = os.environ.get("CHATZEE_PUBLIC_URL", "").rstrip("/")
    if not app_id or not os.environ.get("CHATZEE_EDGE_URL"):
        return
    callbacks = {
        "deauthorize_url": f"{public}/meta/{name}/deauthorisation/",
        "deletion_url": f"{public}/meta/{name}/deletion/",
    }
    graph.add_app({"id": app_id, "secret": secret, "webhooks": webhooks, **callbacks})


if __name__ == "__main__":
    main()
