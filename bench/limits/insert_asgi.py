"""The limit of intake: a raw ASGI endpoint that checks a signature, reads JSON and inserts one row per request."""

import hashlib
import hmac
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from uuid import uuid4

import psycopg
from psycopg_pool import AsyncConnectionPool

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_INSERT = "INSERT INTO bench.intake (id, key, body) VALUES (%b, %b, %b) ON CONFLICT DO NOTHING"
_SECRET = b"bench"
_pool: AsyncConnectionPool[psycopg.AsyncConnection[tuple[object, ...]]] | None = None


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """200 after the row's own commit; anything but a POST is told that we are here."""
    if scope["type"] != "http":
        return
    if scope["method"] == "POST":
        body = (await receive())["body"]
        hmac.compare_digest(hmac.digest(_SECRET, body, "sha256").hex(), "0" * 64)
        json.loads(body)
        pool = await _opened()
        async with pool.connection() as connection:
            await connection.execute(_INSERT, [uuid4(), hashlib.sha256(body).digest()[:16], body], prepare=True)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"15")]})
    await send({"type": "http.response.body", "body": b'{"stored":true}'})


async def _opened() -> AsyncConnectionPool[psycopg.AsyncConnection[tuple[object, ...]]]:
    global _pool  # noqa: PLW0603  # one per process, opened on its event loop
    if _pool is None:
        _pool = AsyncConnectionPool(
            os.environ["BENCH_SUPERUSER_URL"], min_size=4, max_size=8, open=False, kwargs={"autocommit": True}
        )
        await _pool.open()
    return _pool
