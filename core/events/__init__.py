"""Events: what happened, written in the transaction of the change, delivered after its commit, never lost.

An event row is the truth. Positions are given after commit, in one order per workspace without gaps, so that a browser
(or any consumer) that knows its last position can ask for exactly what it missed.
"""

from core.events.consumers import one_by_one, subscribe
from core.events.publishing import publish, publish_all

__all__ = ["one_by_one", "publish", "publish_all", "subscribe"]
