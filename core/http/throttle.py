"""Counting requests per address and minute; where the broker is away, nobody is refused."""

import time

from django.http import HttpRequest
from redis.exceptions import RedisError

from core.observability.clients import client_ip
from core.valkey import valkey


def is_throttled(request: HttpRequest, name: str, per_minute: int) -> bool:
    """Count this request and tell whether its address has made more than `per_minute` of its kind in this minute."""
    key = f"throttle:{name}:{client_ip(request)}:{int(time.time() // 60)}"
    try:
        with valkey().pipeline() as pipe:
            pipe.incr(key)
            pipe.expire(key, 120)
            count = int(pipe.execute()[0])
    except RedisError:
        return False
    return count > per_minute
