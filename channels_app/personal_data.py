"""What channels hold of people."""

from channels_app.models import InboundEvent, OutboundDelivery
from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical

declare(
    InboundEvent,
    subject=Subject.CONTACT,
    purpose="Lose nothing that a channel sent; dropped after 30 days.",
    retention=Retention.TRANSIENT,
    fields={
        **technical("id workspace key_id inbox state attempts next_attempt_at error_code error_detail received_at applied_at"),
        **fields("body", Category.CONTENT, export=False),
        **fields("key_hash sender_hash", Category.IDENTIFIER, export=False, erase=Erase.ROW),
    },
)
declare(
    OutboundDelivery,
    subject=Subject.CONTACT,
    purpose="Carry a reply to its channel.",
    retention=Retention.CONVERSATION,
    fields=technical(
        "id workspace message inbox conversation state attempts next_attempt_at lease_until error_code created_at settled_at"
    ),
)
