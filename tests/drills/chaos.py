"""Kills at random: processes with -9, the broker emptied or killed, Postgres killed in the middle of its work."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from tests.harness.stack import Stack

PROCESSES = ("worker", "web", "edge", "beat")


@dataclass
class Chaos:
    """One run of it. Call it from the main thread: processes are tied to the thread that starts them.

    `also` names further blows; one of them is struck in every `also_every` turns.
    """

    stack: Stack
    seed: int
    also: tuple[str, ...] = ()
    also_every: int = 3
    counts: dict[str, int] = field(default_factory=dict)

    def rage(self, until: Callable[[], bool], *, at_least: int, limit: float = 120.0) -> float:
        """Kill and restart until `until()` is true and at least so many kills were made; then start everything.

        Return the time (monotonic) of the last blow.
        """
        source = random.Random(self.seed)  # noqa: S311  # a drill that can be repeated
        deadline = time.monotonic() + limit
        last = time.monotonic()
        for turn in count():
            if (until() and self.total >= at_least) or time.monotonic() > deadline:
                break
            time.sleep(source.uniform(0.02, 0.5))
            if self.also and turn % self.also_every == 1:
                self._blow(source.choice(self.also), source)
            else:
                self._kill(source.sample(PROCESSES, source.choice((1, 1, 2))), source)
            last = time.monotonic()
        self.stack.start()
        return last

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def said(self) -> str:
        return ", ".join(f"{name} {count}" for name, count in sorted(self.counts.items()))

    def _kill(self, names: list[str], source: random.Random) -> None:
        for name in names:
            self.stack.kill(name)
            self._count(name)
        time.sleep(source.uniform(0, 0.3))
        self.stack.start(*names)
        # A process that is killed before it has done anything proves little.
        time.sleep(source.uniform(0, 0.8))

    def _blow(self, kind: str, source: random.Random) -> None:
        server = self.stack.postgres if kind == "postgres" else self.stack.valkey
        if kind == "flush":
            self.stack.valkey.flush()
        else:
            server.kill()
            time.sleep(source.uniform(0, 1.0))
            server.restart()
        self._count(kind)

    def _count(self, name: str) -> None:
        self.counts[name] = self.counts.get(name, 0) + 1
