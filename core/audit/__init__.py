"""The audit trail: append-only entries, chained by hash per workspace. It says who did what to which row, never content."""

from core.audit.record import Action, Actor, record

__all__ = ["Action", "Actor", "record"]
