"""Carrying a subscriber's queue to its socket."""

import asyncio
from collections.abc import Awaitable, Callable

from core.live.subscriber import Subscriber

TRY_AGAIN_LATER = 1013
REVOKED = 4401


async def pump(subscriber: Subscriber, send: Callable[[str], Awaitable[None]], close: Callable[[int], Awaitable[None]]) -> None:
    """Send what is queued until the socket is revoked (None in the queue) or too slow to keep up."""
    while True:
        text = await subscriber.queue.get()
        if text is None:
            await close(REVOKED)
            return
        await send(text if isinstance(text, str) else text.decode())
        if subscriber.is_overrun:
            await close(TRY_AGAIN_LATER)
            return


def start(
    subscriber: Subscriber, send: Callable[[str], Awaitable[None]], close: Callable[[int], Awaitable[None]]
) -> "asyncio.Task[None]":
    """Run the pump beside the socket's own receive loop."""
    return asyncio.create_task(pump(subscriber, send, close))
