"""Runs what is due: in real time by itself, in virtual time as far as it is advanced."""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Protocol

from channels_app.emulators.clock import Clock

#: Seconds for which work that is under way may hold up an advance.
PATIENCE = 60.0


class Timed(Protocol):
    """Something that has to be done at certain times."""

    @property
    def is_busy(self) -> bool:
        """Whether work that was begun is still under way."""

    def next_at(self) -> float | None:
        """When there is something to do; None for never."""

    def run_due(self) -> None:
        """Begin what is due now."""


class Runner:
    """Drives timed parts by one clock, in one event loop."""

    def __init__(self, clock: Clock, parts: Sequence[Timed]) -> None:
        self._clock = clock
        self._parts = (clock, *parts)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        clock.changed = self.wake

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def wake(self) -> None:
        """Look again for what is due: something new came."""
        self._wake.set()

    async def advance(self, seconds: float) -> None:
        """Let virtual time pass, stopping at each moment at which there is something to do until that is done."""
        if not self._clock.is_virtual:
            self._clock.stand_still()
        end = self._clock.now() + seconds
        await self.settle()
        while (moment := self._next_at()) is not None and moment <= end:
            self._clock.move_to(moment)
            await self.settle()
        self._clock.move_to(end)
        await self.settle()

    async def settle(self) -> None:
        """Do everything that is due now, and what follows from it now. Raises TimeoutError when it does not end."""
        async with asyncio.timeout(PATIENCE):
            while True:
                self._run_due()
                await asyncio.sleep(0)
                if any(part.is_busy for part in self._parts):
                    await asyncio.sleep(0.001)
                elif not self._is_due():
                    return

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            self._run_due()
            moment = None if self._clock.is_virtual else self._next_at()
            wait = None if moment is None else max(moment - self._clock.now(), 0.0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), wait)

    def _run_due(self) -> None:
        for part in self._parts:
            part.run_due()

    def _next_at(self) -> float | None:
        return min((moment for part in self._parts if (moment := part.next_at()) is not None), default=None)

    def _is_due(self) -> bool:
        moment = self._next_at()
        return moment is not None and moment <= self._clock.now()
