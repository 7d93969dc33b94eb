"""One socket as the hub sees it: what it may see, how far it has come, and a bounded queue to it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from core.events.models import Event

#: A socket that is this many messages behind is closed; it comes back and resumes from its position.
QUEUE_SIZE = 400


class Subscriber(ABC):
    """A socket of one workspace. Subscribers with the same `audience` are sent the same bytes, rendered once."""

    def __init__(self, workspace_id: UUID, position: int) -> None:
        self.workspace_id = workspace_id
        self.position = position
        self.queue: asyncio.Queue[str] = asyncio.Queue(QUEUE_SIZE)
        self.is_overrun = False
        self.revoked = asyncio.Event()

    @property
    @abstractmethod
    def audience(self) -> str:
        """The key under which a rendering is shared."""

    @abstractmethod
    def may_see(self, event: Event) -> bool:
        """Whether this socket is sent an event."""

    @abstractmethod
    def hears(self, signal: dict[str, Any]) -> bool:
        """Whether this socket is sent a passing signal (typing, viewing, presence)."""

    @abstractmethod
    def render(self, events: Sequence[Event]) -> dict[UUID, str]:
        """The text to send for each event, by event id; events without one are skipped.

        Runs in a thread, inside the workspace's scope, once per audience.
        """

    @abstractmethod
    def signal_text(self, signal: dict[str, Any]) -> str:
        """The text to send for a signal."""

    def put(self, text: str) -> None:
        """Queue a text. After one that found no room nothing more is queued: there must be no gap."""
        if self.is_overrun:
            return
        try:
            self.queue.put_nowait(text)
        except asyncio.QueueFull:
            self.is_overrun = True

    def revoke(self) -> None:
        """The right to be connected has ended: close now, whatever is still queued."""
        self.revoked.set()

    @classmethod
    def invalid_among(cls, subscribers: Sequence["Subscriber"]) -> Sequence["Subscriber"]:
        """Those whose right to be connected has ended. Runs in a thread, outside any scope."""
        return ()
