"""Who is there to answer: members whose browsers beat, without those who say that they are busy or away.

It lives in the broker and may be lost at any moment: browsers beat again within half a minute.
"""

import time
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError
from redis.exceptions import RedisError

from accounts.models import Membership
from core.live.signals import send_signal
from core.tenancy import scope
from core.valkey import valkey

log = structlog.get_logger(__name__)

#: Seconds for which a heartbeat keeps a browser online, and for which one that has left still counts: the next page of
#: the same person is about to come.
ONLINE_FOR, LEAVING_FOR = 70, 8
#: The workspaces whose hubs were last told that somebody is there.
_STAFFED = "presence:staffed"


def beat(workspace_id: UUID, user_id: UUID, browser: str) -> None:
    """Keep one browser of a member online for a while; whoever hears the workspace is told when it is the first."""
    try:
        is_new = valkey().zadd(_online(workspace_id), {f"{user_id}:{browser}": time.time() + ONLINE_FOR})
    except RedisError as error:
        log.info("presence.beat_lost", error=type(error).__name__)
        return
    if is_new:
        tell(workspace_id)


def leave(workspace_id: UUID, user_id: UUID, browser: str) -> None:
    """A browser has gone. When it was the last, `sweep` notices once it does not come back."""
    try:
        valkey().zadd(_online(workspace_id), {f"{user_id}:{browser}": time.time() + LEAVING_FOR})
    except RedisError as error:
        log.info("presence.leaving_lost", error=type(error).__name__)


def online_users(workspace_id: UUID) -> set[UUID]:
    """The members with a browser online; nobody when the broker is away."""
    try:
        valkey().zremrangebyscore(_online(workspace_id), "-inf", time.time())
        found: Any = valkey().zrange(_online(workspace_id), 0, -1)
    except RedisError:
        return set()
    return {UUID(member.decode().partition(":")[0]) for member in found}


def is_staffed(workspace_id: UUID) -> bool:
    """Whether a member is online and available. Opens the workspace's scope where it is not open."""
    users = online_users(workspace_id)
    if not users:
        return False
    with scope(workspace_id):
        available = Membership.objects.filter(availability=Membership.Availability.ONLINE, is_active=True)
        return available.filter(user__in=users).exists()


def tell(workspace_id: UUID) -> None:
    """Tell every hub whether somebody is there, if that is news. What goes wrong here `sweep` does again."""
    try:
        now = is_staffed(workspace_id)
        changed = valkey().sadd(_STAFFED, str(workspace_id)) if now else valkey().srem(_STAFFED, str(workspace_id))
    except (RedisError, DatabaseError) as error:
        log.warning("presence.not_told", error=type(error).__name__)
        return
    if changed:
        send_signal(workspace_id, "presence", agents_online=now)


def sweep() -> None:
    """Notice workspaces whose last member has gone: closed the page, lost the line, or fell with an edge process."""
    try:
        told: Any = valkey().smembers(_STAFFED)
    except RedisError:
        return
    for workspace_id in told:
        tell(UUID(workspace_id.decode()))


def _online(workspace_id: UUID) -> str:
    return f"online:{workspace_id}"
