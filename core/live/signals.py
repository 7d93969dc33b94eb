"""Passing signals: typing, viewing, presence. They hold ids only, are told once and never stored."""

import time
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError

from core.valkey import valkey

log = structlog.get_logger(__name__)

CHANNEL = "live-signals"
#: Seconds for which a heartbeat keeps somebody online.
ONLINE_FOR = 70


def send_signal(workspace_id: UUID, kind: str, **facts: Any) -> None:
    """Tell every hub; lost without harm when the broker is away."""
    body = orjson.dumps({"workspace": str(workspace_id), "kind": kind, **facts})
    try:
        valkey().publish(CHANNEL, body)
    except RedisError as error:
        log.info("live.signal_lost", error=type(error).__name__)


def beat(workspace_id: UUID, user_id: UUID) -> None:
    """Keep a user online for a while."""
    try:
        valkey().zadd(f"online:{workspace_id}", {str(user_id): time.time() + ONLINE_FOR})
    except RedisError as error:
        log.info("live.beat_lost", error=type(error).__name__)


def online_users(workspace_id: UUID) -> set[UUID]:
    """Who is online in a workspace; nobody when the broker is away."""
    key = f"online:{workspace_id}"
    try:
        valkey().zremrangebyscore(key, "-inf", time.time())
        found: Any = valkey().zrange(key, 0, -1)
    except RedisError:
        return set()
    return {UUID(member.decode()) for member in found}
