"""Listening to a mailbox in a thread, as the product's listener does."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from channels_app.adapters.email.adapter import ADAPTER
from channels_app.contract import ChannelError, Envelope, InboxConfig


class Ear:
    """Takes what a mailbox brings. `goes_on`: it begins again where it was when the line breaks; `errors` says how often."""

    def __init__(self, inbox: InboxConfig, cursor: Mapping[str, Any], *, goes_on: bool = False) -> None:
        self.inbox = inbox
        self.cursor = dict(cursor)
        self.envelopes: list[Envelope] = []
        self.errors: list[ChannelError] = []
        self._goes_on = goes_on
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        self._thread.join(10)
        assert not self._thread.is_alive()

    @property
    def keys(self) -> list[str]:
        return [one.key for one in self.envelopes]

    def events(self, count: int) -> list[Any]:
        """What the mails say, once there are so many."""
        self.wait_until(lambda: len(self.envelopes) >= count)
        return [event for one in self.envelopes for event in ADAPTER.parse(one.body, self.inbox)]

    def wait_until(self, is_so: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def _listen(self) -> None:
        while not self._stopped.is_set():
            try:
                ADAPTER.listen(self.inbox, self.cursor, self._post, self._stopped.is_set)
            except ChannelError as error:
                self.errors.append(error)
                if not self._goes_on:
                    raise
                time.sleep(0.05)

    def _post(self, envelopes: Sequence[Envelope], cursor: Mapping[str, Any]) -> None:
        self.envelopes += envelopes
        self.cursor = dict(cursor)
