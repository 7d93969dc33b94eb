"""`python -m channels_app.emulators --port 8002`: the platforms' stand-ins, on the loopback address."""

import argparse
import os
import time
from pathlib import Path

import uvicorn

from channels_app.emulators.app import Emulator
from channels_app.emulators.mail.demo import DEMO_MAILBOX
from channels_app.emulators.telegram.demo import DEMO_BOT
from channels_app.emulators.whatsapp.demo import DEMO_NUMBER, DEMO_TEMPLATES

#: Numbers begin with the time, so that a process started anew repeats none that an inbox has seen.
_EPOCH = 1_700_000_000


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m channels_app.emulators", description=__doc__)
    parser.add_argument("--port", type=int, default=8002)
    parser.add_argument("--smtp-port", type=int, default=0, help="port of the mail server (default: a free one)")
    parser.add_argument("--pop-port", type=int, default=0, help="port of the mailboxes (default: a free one)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="file for bots and webhooks, which then outlive a restart")
    parser.add_argument("--demo", action="store_true", help="have the demo workspace's accounts")
    options = parser.parse_args()
    if os.environ.get("CHATZEE_MODE") == "production":
        parser.error("In production the platforms are the real ones.")
    emulator = Emulator(
        seed=options.seed,
        first=int(time.time()) - _EPOCH,
        keep=options.keep,
        smtp_port=options.smtp_port,
        pop_port=options.pop_port,
    )
    if options.demo:
        emulator.telegram.change("bots", DEMO_BOT)
        emulator.mail.add_mailbox(**DEMO_MAILBOX)
        emulator.whatsapp.change("numbers", DEMO_NUMBER)
        for template in DEMO_TEMPLATES:
            emulator.whatsapp.change("templates", template)
    uvicorn.run(emulator, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
