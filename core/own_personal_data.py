"""What the audit trail and the events hold: ids, kinds and times."""

from core.audit.models import AuditEntry, AuditSeal
from core.events.models import Event, EventCursor, EventHead
from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical

declare(
    AuditEntry,
    subject=Subject.USER,
    purpose="Prove who did what.",
    retention=Retention.SECURITY,
    fields={
        **fields("id workspace target_type target_id request_id", Category.TECHNICAL, export=False, erase=Erase.KEEP),
        **fields("at action actor_kind actor_id data", Category.BEHAVIOUR, erase=Erase.KEEP),
    },
)
declare(
    AuditSeal,
    subject=Subject.NONE,
    purpose="Prove that the trail is whole.",
    retention=Retention.SECURITY,
    fields=fields("id workspace sequence entry_id previous_hash hash", Category.TECHNICAL, export=False, erase=Erase.KEEP),
)
declare(
    Event,
    subject=Subject.CONTACT,
    purpose="Tell browsers and other parts what happened; dropped after 30 days.",
    retention=Retention.TRANSIENT,
    fields=technical("id workspace type position inbox_id conversation_id contact_id data created_at"),
)
declare(
    EventHead,
    subject=Subject.NONE,
    purpose="Number events.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace position"),
)
declare(
    EventCursor,
    subject=Subject.NONE,
    purpose="Remember how far a consumer has come.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace consumer position"),
)
