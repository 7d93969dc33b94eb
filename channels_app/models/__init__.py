"""The tables of channels: what came in, what goes out, and how each inbox's line is."""

from channels_app.models.account import InboxAccount, PlatformRequest
from channels_app.models.continuation import Continuation
from channels_app.models.health import InboxHealth
from channels_app.models.inbound import InboundEvent
from channels_app.models.outbound import DeliveryAction, OutboundDelivery
from channels_app.models.template import MessageTemplate

__all__ = [
    "Continuation",
    "DeliveryAction",
    "InboundEvent",
    "InboxAccount",
    "InboxHealth",
    "MessageTemplate",
    "OutboundDelivery",
    "PlatformRequest",
]
