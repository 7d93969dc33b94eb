"""Token buckets of platforms, shared by all workers: who would meet a limit waits before asking, not after."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from uuid import UUID

import structlog
from redis.exceptions import RedisError
from throttled import RedisStore, Throttled, rate_limiter

from channels_app.contract import Rate
from chatzee.env import env

log = structlog.get_logger(__name__)


def wait_for(inbox_id: UUID, rates: Sequence[Rate]) -> float:
    """Take a token from each bucket and return 0, or the seconds after which there will be one.

    Where the broker is away nothing is held back: the platform itself says when it is too much.
    """
    try:
        return max((_take(f"{inbox_id}:{rate.key}", rate) for rate in rates), default=0.0)
    except RedisError as error:
        log.info("buckets.away", error=type(error).__name__)
        return 0.0


def _take(key: str, rate: Rate) -> float:
    found = Throttled(key=key, using="gcra", quota=_quota(rate), store=_store(), key_prefix="bucket").limit()
    return max(found.state.retry_after, 0.001) if found.limited else 0.0


def _quota(rate: Rate) -> rate_limiter.Quota:
    if rate.per_second >= 1:
        return rate_limiter.per_duration(timedelta(seconds=1), int(rate.per_second), burst=rate.burst)
    return rate_limiter.per_duration(timedelta(seconds=1 / rate.per_second), 1, burst=rate.burst)


@cache
def _store() -> RedisStore:
    timeouts = {"SOCKET_TIMEOUT": 2, "SOCKET_CONNECT_TIMEOUT": 2}
    return RedisStore(server=env.valkey_url.get_secret_value() + "/1", options=timeouts)
