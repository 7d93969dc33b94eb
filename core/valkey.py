"""One connection pool to Valkey per process. What is kept there may be lost at any moment."""

from functools import cache

from redis import Redis

from chatzee.env import env


@cache
def valkey() -> "Redis":
    """The client; errors come as `redis.exceptions.ConnectionError`/`TimeoutError` after at most two seconds."""
    return Redis.from_url(env.valkey_url.get_secret_value() + "/1", socket_timeout=2, socket_connect_timeout=2)
