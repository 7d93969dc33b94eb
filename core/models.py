"""The ground floor's tables, where Django looks for them."""

from core.audit.models import AuditEntry, AuditSeal
from core.events.models import Event, EventCursor, EventHead

__all__ = ["AuditEntry", "AuditSeal", "Event", "EventCursor", "EventHead"]
