"""What becomes of a message, in the platform's time: its echo, delivered, read."""

import heapq

from channels_app.emulators.graph.messaging.state import Account, Chat, Message
from channels_app.emulators.graph.messaging.world import World

#: Seconds after which a message comes back as an echo, is delivered and, where the chat is open, read.
ECHO_AFTER, DELIVERED_AFTER, READ_AFTER = 0.05, 0.2, 0.4
_ORDER = ("sent", "delivered", "read")


class Receipts:
    """Moves messages on. It is a timed part of the emulator."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._due: list[tuple[float, int, Account, Chat, Message, str]] = []
        self._count = 0

    def clear(self) -> None:
        self._due.clear()

    def begin(self, account: Account, chat: Chat, message: Message) -> None:
        """A message was taken: what follows from it comes by itself."""
        self._plan(ECHO_AFTER, account, chat, message, "echo")
        if chat.person.is_online:
            self._plan(DELIVERED_AFTER, account, chat, message, "delivered")
            if chat.person.reads:
                self._plan(READ_AFTER, account, chat, message, "read")

    def come_online(self, account: Account, chat: Chat) -> None:
        """The person's phone is there again: what waited is delivered."""
        for message in chat.messages.values():
            if message.is_ours and message.tick == "sent":
                self._plan(DELIVERED_AFTER, account, chat, message, "delivered")

    def open(self, account: Account, chat: Chat) -> int:
        """The person opens the chat: everything in it is read. A page hears it once, Instagram of the newest."""
        found = [one for one in chat.messages.values() if one.is_ours and one.tick != "read"]
        if found:
            self._tell(account, chat, found[-1], "read")
        return len(found)

    def echo(self, account: Account, chat: Chat, message: Message) -> int:
        """What the account wrote, told to its apps."""
        attachments = self._world.attachment(message)
        said = {"mid": message.id, "is_echo": True, **({"text": message.text} if message.text else {})}
        said |= {name: value for name, value in (("app_id", message.app_id), ("metadata", message.metadata)) if value}
        if attachments:
            said["attachments"] = attachments
        return self._world.tell(account, chat, "echo", by_account=True, message=said)

    @property
    def is_busy(self) -> bool:
        return False

    def next_at(self) -> float | None:
        return self._due[0][0] if self._due else None

    def run_due(self) -> None:
        now = self._world.now()
        while self._due and self._due[0][0] <= now:
            _at, _count, account, chat, message, status = heapq.heappop(self._due)
            if status == "echo":
                self.echo(account, chat, message)
            elif _ORDER.index(status) > _ORDER.index(message.tick):
                self._tell(account, chat, message, status)

    def _plan(self, after: float, account: Account, chat: Chat, message: Message, status: str) -> None:
        self._count += 1
        heapq.heappush(self._due, (self._world.now() + after, self._count, account, chat, message, status))
        self._world.graph.clock.changed()

    def _tell(self, account: Account, chat: Chat, message: Message, status: str) -> None:
        """Instagram tells nobody that something was delivered, and of one message that it was read."""
        for one in chat.messages.values():
            if one.is_ours and one.at <= message.at and _ORDER.index(status) > _ORDER.index(one.tick):
                one.tick = status
        watermark = int(self._world.now() * 1000)
        if status == "delivered" and account.is_page:
            self._world.tell(account, chat, "delivery", delivery={"mids": [message.id], "watermark": watermark})
        elif status == "read":
            read = {"watermark": watermark} if account.is_page else {"mid": message.id}
            self._world.tell(account, chat, "read", read=read)
