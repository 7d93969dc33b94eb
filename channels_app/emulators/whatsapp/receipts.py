"""What becomes of a message, in the platform's time: accepted, sent, delivered, read, or failed with a code."""

import heapq

from channels_app.emulators.whatsapp.state import Chat, Fields, Message, Number
from channels_app.emulators.whatsapp.world import World

#: Seconds after which a message is sent, delivered and, where the chat is open, read.
SENT_AFTER, DELIVERED_AFTER, READ_AFTER = 0.1, 0.2, 0.4
_ORDER = ("accepted", "sent", "delivered", "read", "played")
_TITLES = {
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131050: "User has stopped receiving marketing messages",
    131031: "Account locked",
}


class Receipts:
    """Moves messages on. It is a timed part of the emulator."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._due: list[tuple[float, int, Number, Chat, Message, str, int]] = []
        self._count = 0

    def clear(self) -> None:
        self._due.clear()

    def begin(self, number: Number, chat: Chat, message: Message, error: int = 0) -> None:
        """A message was accepted: what follows from it comes by itself."""
        customer = chat.customer
        if error:
            self._plan(SENT_AFTER, number, chat, message, f"failed:{error}")
            return
        self._plan(SENT_AFTER, number, chat, message, "sent")
        if customer.has_account and customer.is_online and not customer.has_blocked:
            if customer.reads:  # the chat is open: nobody hears that it was delivered
                self._plan(READ_AFTER, number, chat, message, "read")
            else:
                self._plan(DELIVERED_AFTER, number, chat, message, "delivered")

    def come_online(self, number: Number, chat: Chat) -> None:
        """The customer's phone is there again: what waited is delivered."""
        for message in chat.messages.values():
            if message.is_ours and message.tick in ("accepted", "sent"):
                self.begin(number, chat, message)

    def open(self, number: Number, chat: Chat) -> int:
        """The customer opens the chat: everything in it is read."""
        found = [one for one in chat.messages.values() if one.is_ours and one.tick in ("accepted", "sent", "delivered")]
        for message in found:
            self.force(number, chat, message, "read")
        return len(found)

    def force(self, number: Number, chat: Chat, message: Message, status: str, error: int = 0) -> int:
        """Tell a status now, whatever was told before; the rest of the plan is taken back."""
        message.turn += 1
        return self._tell(number, chat, message, f"{status}:{error}" if error else status)

    @property
    def is_busy(self) -> bool:
        return False

    def next_at(self) -> float | None:
        return self._due[0][0] if self._due else None

    def run_due(self) -> None:
        now = self._world.now()
        while self._due and self._due[0][0] <= now:
            _at, _count, number, chat, message, status, turn = heapq.heappop(self._due)
            if turn == message.turn:
                self._tell(number, chat, message, status)

    def _plan(self, after: float, number: Number, chat: Chat, message: Message, status: str) -> None:
        self._count += 1
        heapq.heappush(self._due, (self._world.now() + after, self._count, number, chat, message, status, message.turn))
        self._world.graph.clock.changed()

    def _tell(self, number: Number, chat: Chat, message: Message, planned: str) -> int:
        status, _colon, code = planned.partition(":")
        more: Fields = {}
        if code:
            message.error = int(code)
            title = _TITLES.get(message.error, "Message failed to send")
            more["errors"] = [{"code": message.error, "title": title, "message": title, "error_data": {"details": title}}]
        if status == "failed":
            message.tick = "failed"
        elif message.tick == "failed" or _is_later(status, message.tick):
            message.tick = status
        return self._world.status(number, chat.customer, message, status, **more)


def _is_later(status: str, tick: str) -> bool:
    return status in _ORDER and tick in _ORDER and _ORDER.index(status) > _ORDER.index(tick)
