"""The emulator's time: the machine's, or a virtual one that stands still until it is advanced."""

import asyncio
import time
from collections.abc import Callable


class Clock:
    """Times are seconds since the epoch. `changed` is called when somebody begins to wait."""

    def __init__(self) -> None:
        self._virtual: float | None = None
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []
        self.changed: Callable[[], None] = lambda: None

    @property
    def is_virtual(self) -> bool:
        return self._virtual is not None

    def now(self) -> float:
        return time.time() if self._virtual is None else self._virtual

    def stand_still(self, at: float | None = None) -> None:
        """Go over to virtual time, at this moment or the present one."""
        self._virtual = self.now() if at is None else at
        self.changed()

    def go_on(self) -> None:
        """Go back to the machine's time."""
        self._virtual = None
        self.changed()

    def move_to(self, moment: float) -> None:
        """Set virtual time. It never goes back."""
        assert self._virtual is not None
        self._virtual = max(self._virtual, moment)

    async def sleep(self, seconds: float) -> None:
        """Wait until that much of this clock's time has passed."""
        waiter = asyncio.get_running_loop().create_future()
        entry = (self.now() + seconds, waiter)
        self._waiting.append(entry)
        self.changed()
        try:
            await waiter
        finally:
            self._waiting = [one for one in self._waiting if one is not entry]

    def next_at(self) -> float | None:
        """When the next sleeper wants to wake."""
        return min((moment for moment, _waiter in self._waiting), default=None)

    def run_due(self) -> None:
        """Wake the sleepers whose time has come."""
        now = self.now()
        for moment, waiter in self._waiting:
            if moment <= now and not waiter.done():
                waiter.set_result(None)

    @property
    def is_busy(self) -> bool:
        """Whether a sleeper was woken and has not gone on yet."""
        return any(waiter.done() for _moment, waiter in self._waiting)
