"""The listener: brings what waits at sources that do not call us, such as mailboxes."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from channels_app.services.listening import Listener


class Command(BaseCommand):
    """Listen until told to stop."""

    help = "Listen to the mailboxes of all workspaces. Several may run at once; each inbox has one listener."

    def handle(self, *args: Any, **options: Any) -> None:
        stopped = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_details: stopped.set())
        Listener().run(stopped)
