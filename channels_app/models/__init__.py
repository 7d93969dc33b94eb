"""The tables of channels: what came in, and what goes out."""

from channels_app.models.inbound import InboundEvent
from channels_app.models.outbound import OutboundDelivery

__all__ = ["InboundEvent", "OutboundDelivery"]
