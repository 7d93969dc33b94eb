"""What channels hold of people."""

from channels_app.models import (
    Continuation,
    DeliveryAction,
    InboundEvent,
    InboxAccount,
    InboxHealth,
    MessageTemplate,
    OutboundDelivery,
    PlatformRequest,
)
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
declare(
    DeliveryAction,
    subject=Subject.CONTACT,
    purpose="Do at a channel what is no message, such as deleting one there.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id delivery"),
        **fields("data", Category.CONTENT, export=False),
    },
)
declare(
    InboxHealth,
    subject=Subject.WORKSPACE,
    purpose="Keep an inbox's line to its platform alive, and show how it is.",
    retention=Retention.ACCOUNT,
    fields=technical(
        "id workspace inbox connecting_since connected_at account "
        "last_inbound_at last_outbound_at last_error_at error_code error_detail failures resting_until "
        "stopped_at expires_at cursor facts listener listening_until"
    ),
)
declare(
    Continuation,
    subject=Subject.CONTACT,
    purpose="Send a reply on once to somebody who has left the chat.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace conversation seq"),
        **fields("sent_at", Category.BEHAVIOUR, export=False, erase=Erase.ROW),
    },
)
declare(
    InboxAccount,
    subject=Subject.WORKSPACE,
    purpose="Bring each event of a platform to the inbox that it is for.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace inbox channel source created_at"),
        **fields("account parent", Category.BUSINESS, erase=Erase.KEEP),
        **fields("owner_hash", Category.IDENTIFIER, export=False, erase=Erase.KEEP),
    },
)
declare(
    MessageTemplate,
    subject=Subject.WORKSPACE,
    purpose="Write to customers outside the message window in words that the platform approved.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace inbox provider_id language category status reason synced_at"),
        **fields("name components", Category.BUSINESS, erase=Erase.KEEP),
    },
)
declare(
    PlatformRequest,
    subject=Subject.USER,
    purpose="Do what a platform's user asked it to have us do, and show that it is done.",
    retention=Retention.ACCOUNT,
    fields=technical("id code kind platform request_hash accounts received_at done_at"),
)
