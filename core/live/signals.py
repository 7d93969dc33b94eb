"""Passing signals: typing, viewing, presence. They hold ids only, are told once and never stored."""

from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError

from core.valkey import valkey

log = structlog.get_logger(__name__)

CHANNEL = "live-signals"


def send_signal(workspace_id: UUID, kind: str, **facts: Any) -> None:
    """Tell every hub; lost without harm when the broker is away."""
    body = orjson.dumps({"workspace": str(workspace_id), "kind": kind, **facts})
    try:
        valkey().publish(CHANNEL, body)
    except RedisError as error:
        log.info("live.signal_lost", error=type(error).__name__)
