"""The door through which outbound messages leave. Channels stand above conversations and fill it in."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conversations.models import Message

type Courier = Callable[["Message"], None]

_couriers: list[Courier] = []


def register_courier(courier: Courier) -> None:
    """Name the function that queues a message's delivery in the caller's transaction."""
    _couriers[:] = [courier]


def queue_delivery(message: "Message") -> None:
    """Queue the delivery of an outbound message. Raises RuntimeError when no courier is registered."""
    if not _couriers:
        raise RuntimeError("No courier is registered: channels_app must be installed.")
    _couriers[0](message)
