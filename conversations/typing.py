"""Who is typing just now, for those who ask later than the signal came. Kept by the broker for seconds; lost without harm."""

from enum import StrEnum
from uuid import UUID

import structlog
from redis.exceptions import RedisError

from core.valkey import valkey

log = structlog.get_logger(__name__)

#: Browsers tell again every two or three seconds while somebody types.
_LASTS = 8


class Side(StrEnum):
    """Whose typing it is."""

    CONTACT = "contact"
    AGENT = "agent"


def note(conversation_id: UUID, side: Side, *, is_on: bool) -> None:
    """Remember that somebody types in a conversation, or has stopped."""
    try:
        if is_on:
            valkey().set(_key(conversation_id, side), 1, ex=_LASTS)
        else:
            valkey().delete(_key(conversation_id, side))
    except RedisError as error:
        log.info("typing.not_noted", error=type(error).__name__)


def is_typing(conversation_id: UUID, side: Side) -> bool:
    """Whether somebody of that side types there; nobody where the broker is away."""
    try:
        return bool(valkey().exists(_key(conversation_id, side)))
    except RedisError:
        return False


def _key(conversation_id: UUID, side: Side) -> str:
    return f"typing:{side}:{conversation_id}"
