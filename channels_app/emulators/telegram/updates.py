"""Updates: made once, waiting a day, delivered by webhook or fetched by `getUpdates`."""

import asyncio
from collections.abc import Callable
from typing import Any

from channels_app.emulators.clock import Clock
from channels_app.emulators.telegram.answers import ApiError
from channels_app.emulators.telegram.state import ON_REQUEST, UPDATE_LIFE, Bot, Chat, Fields, Platform, Update

#: Longest long poll, in seconds; and the time within which the same offset again is taken for a client gone wild.
MAX_TIMEOUT = 50
SAME_OFFSET_WITHIN = 3
CONFLICT_OTHER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
CONFLICT_WEBHOOK = "Conflict: terminated by setWebhook request"
CONFLICT_ACTIVE = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"


class Updates:
    """Makes updates and answers long polls. `deliver` gets each update of a bot that has a webhook."""

    def __init__(self, platform: Platform, clock: Clock) -> None:
        self._platform = platform
        self._clock = clock
        self.deliver: Callable[[Bot, Update], None] = lambda bot, update: None

    def emit(self, bot: Bot, kind: str, payload: Fields, *, chat: Chat | None) -> int:
        """Make an update, unless the bot does not want this kind; return its number or 0."""
        allowed = bot.webhook.allowed
        if kind not in allowed if allowed else kind in ON_REQUEST:
            return 0
        number = self._platform.number(f"update {bot.id}")
        queue = f"{chat.connection}:{chat.id}" if chat else f"own:{number}"
        update = Update(number, kind, payload, queue, int(self._clock.now()) + UPDATE_LIFE)
        bot.updates[number] = update
        bot.arrived.set()
        if bot.webhook.url:
            self.deliver(bot, update)
        return number

    async def get(self, bot: Bot, *, offset: int, limit: int, seconds: int, allowed: tuple[str, ...] | None) -> list[Any]:
        """`getUpdates`: confirm what comes before `offset`, give what follows, wait for it where there is nothing."""
        if bot.webhook.url:
            raise ApiError(409, CONFLICT_ACTIVE)
        if allowed is not None:
            bot.webhook.allowed = allowed
        self.end_poll(bot, CONFLICT_OTHER)
        self._confirm(bot, offset)
        found = self._listed(bot, offset, limit)
        is_same = offset == bot.last_offset and self._clock.now() < bot.last_poll_at + SAME_OFFSET_WITHIN
        if is_same:
            seconds = max(seconds, SAME_OFFSET_WITHIN)
        bot.last_offset, bot.last_poll_at = offset, self._clock.now()
        if seconds > 0 and not found:
            await self._wait(bot, min(seconds, MAX_TIMEOUT))
            found = self._listed(bot, offset, limit)
        return found

    def end_poll(self, bot: Bot, why: str) -> None:
        """End the long poll that goes on, if one does."""
        if bot.poll is not None and not bot.poll.done():
            bot.poll.set_result(why)

    async def _wait(self, bot: Bot, seconds: int) -> None:
        """Wait for an update. Raises ApiError when another poll takes over or a webhook is set."""
        ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        bot.poll = ended
        bot.arrived.clear()
        slept, arrived = asyncio.ensure_future(self._clock.sleep(seconds)), asyncio.ensure_future(bot.arrived.wait())
        waits: list[asyncio.Future[Any]] = [ended, slept, arrived]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits[1:]:
            wait.cancel()
        if ended.done():
            raise ApiError(409, ended.result())
        bot.poll = None

    def _confirm(self, bot: Bot, offset: int) -> None:
        """Forget the updates before `offset`; a negative one leaves so many of the last."""
        if offset < 0:
            for number in list(bot.updates)[:offset]:
                del bot.updates[number]
        for number in [one for one in bot.updates if offset > 0 and one < offset]:
            del bot.updates[number]

    def _listed(self, bot: Bot, offset: int, limit: int) -> list[Fields]:
        now = int(self._clock.now())
        for number in [one.id for one in bot.updates.values() if one.expires_at < now]:
            del bot.updates[number]
        found = [one.json for one in bot.updates.values() if offset <= 0 or one.id >= offset]
        return found[: min(max(limit, 1), 100)]
