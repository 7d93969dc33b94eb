"""Carrying a subscriber's queue to its socket."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from core.live.subscriber import Subscriber

TRY_AGAIN_LATER = 1013
REVOKED = 4401
#: Seconds for which one send may wait for a browser that does not read.
SEND_SECONDS = 10.0

type Send = Callable[[str], Awaitable[None]]
type Close = Callable[[int], Awaitable[None]]


async def pump(subscriber: Subscriber, send: Send, close: Close) -> None:
    """Send what is queued until the socket is revoked, or too slow to keep up: then it is closed, to come back."""
    sending = asyncio.create_task(_send_queued(subscriber, send))
    revoked = asyncio.create_task(subscriber.revoked.wait())
    try:
        await asyncio.wait({sending, revoked}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sending.cancel()
        revoked.cancel()
    # A browser that does not read would keep even the farewell waiting.
    with suppress(TimeoutError):
        async with asyncio.timeout(SEND_SECONDS):
            await close(REVOKED if subscriber.revoked.is_set() else TRY_AGAIN_LATER)


async def _send_queued(subscriber: Subscriber, send: Send) -> None:
    """Send until nothing more will be queued or a send takes too long."""
    while not (subscriber.is_overrun and subscriber.queue.empty()):
        text = await subscriber.queue.get()
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await send(text)
        except TimeoutError:
            subscriber.is_overrun = True
            return


def start(subscriber: Subscriber, send: Send, close: Close) -> "asyncio.Task[None]":
    """Run the pump beside the socket's own receive loop."""
    return asyncio.create_task(pump(subscriber, send, close))
