"""Customers of every channel who write at once: each in their own order, a tenth of it twice, until it was taken."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import httpx

from tests.channels_app.every.lines import Hook, Line
from tests.drills.traffic import AWAY

DUPLICATES = 0.1
#: Of ten things that customers do, so many are edits and so many reactions, where the channel has them.
EDITS, REACTIONS = 1, 1
#: So often an edit or a reaction overtakes its message.
EARLY = 0.2
#: Webhooks that are under way at once. The client's own limit loses connections whose callers were timed out.
AT_ONCE = 48
#: Seconds after which a webhook that was not taken is sent again.
AGAIN = 0.5


class Door:
    """The way to the edge, for the whole crowd."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            timeout=5, trust_env=False, limits=httpx.Limits(max_connections=None, keepalive_expiry=2)
        )
        self._places = asyncio.Semaphore(AT_ONCE)

    async def aclose(self) -> None:
        await self._client.aclose()

    async def deliver(self, url: str, hook: Hook) -> None:
        """Send a webhook until it was taken. Raises AssertionError when it is refused."""
        while (status := await self._post(url, hook)) != 200:
            if status not in (0, 503):
                raise AssertionError(f"The edge answered {status} at {url}.")
            await asyncio.sleep(AGAIN)

    async def _post(self, url: str, hook: Hook) -> int:
        """Send a webhook once; the answer's status, 0 for none."""
        try:
            async with self._places:
                return (await self._client.post(url, content=hook.body, headers=hook.headers)).status_code
        except AWAY:
            return 0


@dataclass
class Customer:
    """A customer and what they do. `said` is what their messages say in the end, in order."""

    line: Line
    number: int
    #: Whether their first message is already there.
    is_known: bool
    source: random.Random
    said: list[str] = field(default_factory=list)
    edited: set[str] = field(default_factory=set)
    reacted: set[str] = field(default_factory=set)
    steps: list[Callable[[], Hook]] = field(default_factory=list)
    posts: int = 0

    @property
    def name(self) -> str:
        return f"{self.line.channel} {self.number}"

    def plan(self, events: int) -> None:
        """Decide on so many events; the one of a known customer's first message is among them."""
        free: list[tuple[int, int]] = []  # the messages that nothing was done to yet: their place in time and in `said`
        if self.is_known:
            self.said.append(f"{self.name} says 0")
        for place in range(len(self.said), events):
            kind = self.source.randrange(10)
            if free and self.line.edits and kind < EDITS:
                self._edit(place, *free.pop())
            elif free and self.line.reacts and kind < EDITS + REACTIONS:
                self._react(place, *free.pop())
            else:
                text = f"{self.name} says {place}"
                free.append((place, len(self.said)))
                self.said.append(text)
                self.steps.append(partial(self.line.say, self.number, place, text))

    def _edit(self, place: int, of: int, index: int) -> None:
        self.said[index] = text = f"{self.said[index]}, changed"
        self.edited.add(text)
        self._do(partial(self.line.edit, self.number, place, of, text), is_next=of == place - 1)

    def _react(self, place: int, to: int, index: int) -> None:
        self.reacted.add(self.said[index])
        self._do(partial(self.line.react, self.number, place, to), is_next=to == place - 1)

    def _do(self, step: Callable[[], Hook], *, is_next: bool) -> None:
        """Do something to a message; if that comes right before, now and then before it."""
        is_early = is_next and self.source.random() < EARLY
        self.steps.insert(len(self.steps) - is_early, step)

    async def act(self, door: Door, pause: float) -> None:
        """Do everything in order, with pauses of so many seconds on average. Raises AssertionError when it is refused."""
        late: list[Hook] = []
        for step in self.steps:
            await asyncio.sleep(self.source.uniform(0, 2 * pause))
            hook = step()
            fate = self.source.random() / DUPLICATES
            await asyncio.gather(*(self._post(door, hook) for _time in range(2 if fate < 0.5 else 1)))
            late += [hook] if 0.5 <= fate < 1 else []
            if late and self.source.random() < 0.3:
                await self._post(door, late.pop(0))
        for hook in late:
            await self._post(door, hook)

    async def _post(self, door: Door, hook: Hook) -> None:
        await door.deliver(self.line.url, hook)
        self.posts += 1


def crowd(lines: Sequence[Line], events: int, *, each: int, known: int, seed: int) -> list[Customer]:
    """Customers who do `events` things together, `each` of them about so many. The first of each line are known."""
    people: list[Customer] = []
    shares = sum(line.share for line in lines)
    for place, line in enumerate(lines):
        rest = events - sum(len(one.steps) + one.is_known for one in people)
        wanted = rest if line is lines[-1] else events * line.share // shares
        count = max(known, wanted // each)
        for index in range(count):
            number = place * 10_000 + index
            source = random.Random(f"{seed}-{number}")  # noqa: S311  # a drill that can be repeated
            one = Customer(line, number, index < known, source)
            one.plan(wanted // count + (index < wanted % count))
            people.append(one)
    return people
