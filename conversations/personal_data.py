"""What conversations hold of people: each field's category, and what export and erasure make of it."""

from conversations.models import (
    Attachment,
    ConsentEvent,
    Contact,
    ContactIdentity,
    ContactMerge,
    ContactNote,
    Conversation,
    ConversationCounter,
    ConversationLabel,
    DeliveryReceipt,
    Draft,
    Inbox,
    InboxMember,
    Label,
    Mention,
    MergeSuggestion,
    Message,
    MessageAlias,
    MessageOriginal,
    MessageRevision,
    Participant,
    Reaction,
    SearchEntry,
)
from core.personal_data import Category, Erase, Retention, Subject, declare, fields, technical

_ANSWER = "Answer the customer and remember what was said."
_ORGANISE = "Organise the company's work."

declare(
    Inbox,
    subject=Subject.WORKSPACE,
    purpose="Connect a channel.",
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace key_id channel key team is_enabled created_at"),
        **fields("name", Category.BUSINESS, erase=Erase.KEEP),
        **fields("settings", Category.SECRET, export=False, erase=Erase.KEEP),
    },
)
declare(
    InboxMember,
    subject=Subject.USER,
    purpose=_ORGANISE,
    retention=Retention.ACCOUNT,
    fields=technical("id workspace inbox user"),
)
declare(
    Contact,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id merged_into is_blocked"),
        **fields("name attributes", Category.PROFILE),
        **fields("language", Category.PROFILE, erase=Erase.ROW),
        **fields("last_seen_at created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    ContactIdentity,
    subject=Subject.CONTACT,
    purpose="Recognise the customer and reach them.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id contact inbox kind same_as"),
        **fields("value", Category.IDENTIFIER),
        **fields("value_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **fields(
            "is_verified is_reachable verified_at wrote_at stopped_at marketing_stopped_at created_at",
            Category.BEHAVIOUR,
            erase=Erase.ROW,
        ),
    },
)
declare(
    ConsentEvent,
    subject=Subject.CONTACT,
    purpose="Prove what the customer allowed and withdrew, and obey it.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace contact identity inbox message user created_at"),
        **fields("purpose is_given source occurred_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    MergeSuggestion,
    subject=Subject.CONTACT,
    purpose="Let a person decide whether two contacts are one.",
    retention=Retention.CONVERSATION,
    fields=technical("id workspace contact other reason state created_at"),
)
declare(
    ContactMerge,
    subject=Subject.CONTACT,
    purpose="Take merged contacts apart again, and find every key of one person.",
    retention=Retention.CONVERSATION,
    fields=technical("id workspace contact other moved user created_at undone_at"),
)
declare(
    ContactNote,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id contact author"),
        **fields("body", Category.CONTENT),
        **fields("created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    Conversation,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical(
            "id workspace key_id inbox contact identity priority assignee team snoozed_until last_seq inbound_seq "
            "contact_read_seq label_ids preview_kind waiting_since first_replied_at is_threaded"
        ),
        **fields("subject", Category.CONTENT),
        **fields("preview contact_name", Category.CONTENT, export=False),
        **fields("read_seqs", Category.BEHAVIOUR, export=False, erase=Erase.ROW),
        **fields("number status last_activity_at resolved_at created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    ConversationCounter,
    subject=Subject.NONE,
    purpose="Number conversations.",
    retention=Retention.ACCOUNT,
    fields=technical("id workspace last_number"),
)
declare(
    Label,
    subject=Subject.WORKSPACE,
    purpose=_ORGANISE,
    retention=Retention.ACCOUNT,
    fields={
        **technical("id workspace color created_at"),
        **fields("name", Category.BUSINESS, erase=Erase.KEEP),
    },
)
declare(
    ConversationLabel,
    subject=Subject.CONTACT,
    purpose=_ORGANISE,
    retention=Retention.CONVERSATION,
    fields=technical("id workspace conversation label status last_activity_at"),
)
declare(
    Message,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id conversation inbox seq author_user author_contact reply_to idempotency_key error_code"),
        **fields("body data", Category.CONTENT),
        **fields("provider_id", Category.IDENTIFIER, export=False),
        **fields("provider_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **fields("kind content_type is_ai status", Category.BEHAVIOUR, erase=Erase.ROW),
        **fields("occurred_at created_at edited_at deleted_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    DeliveryReceipt,
    subject=Subject.CONTACT,
    purpose="Show whether a message arrived.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace message error_code created_at"),
        **fields("status occurred_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    MessageOriginal,
    subject=Subject.CONTACT,
    purpose="Show a message as it was written, and prove what came.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id message storage_name"),
        **fields("html", Category.CONTENT),
        **fields("size", Category.CONTENT, erase=Erase.ROW),
    },
)
declare(
    MessageAlias,
    subject=Subject.CONTACT,
    purpose="Match what a platform says to its message.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace message inbox"),
        **fields("provider_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
    },
)
declare(
    Participant,
    subject=Subject.CONTACT,
    purpose="Know who else takes part in a conversation.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id conversation"),
        **fields("address name", Category.IDENTIFIER),
        **fields("address_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **fields("created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    MessageRevision,
    subject=Subject.CONTACT,
    purpose="Show what a message said before it was edited.",
    retention=Retention.CONVERSATION,
    fields={**technical("id workspace key_id message created_at"), **fields("body", Category.CONTENT)},
)
declare(
    Reaction,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id message author_user author_contact created_at"),
        **fields("emoji", Category.CONTENT),
    },
)
declare(
    Mention,
    subject=Subject.USER,
    purpose=_ORGANISE,
    retention=Retention.CONVERSATION,
    fields=technical("id workspace message user seen_at created_at"),
)
declare(
    Attachment,
    subject=Subject.CONTACT,
    purpose=_ANSWER,
    retention=Retention.CONVERSATION,
    fields={
        **technical(
            "id workspace key_id message inbox uploader state storage_name preview_name width height attempts "
            "next_attempt_at error_code"
        ),
        **fields("name", Category.CONTENT),
        **fields("content_id source", Category.IDENTIFIER, export=False),
        **fields("content_type size", Category.CONTENT, erase=Erase.ROW),
        **fields("uploader_index", Category.IDENTIFIER, export=False, erase=Erase.ROW),
        **fields("created_at", Category.BEHAVIOUR, erase=Erase.ROW),
    },
)
declare(
    Draft,
    subject=Subject.CONTACT,
    purpose="Keep what an agent has typed.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace key_id conversation user mode updated_at"),
        **fields("body", Category.CONTENT, export=False),
    },
)
declare(
    SearchEntry,
    subject=Subject.CONTACT,
    purpose="Find what was said; keyed tokens, in no backup.",
    retention=Retention.CONVERSATION,
    fields={
        **technical("id workspace source inbox_id conversation_id contact_id"),
        **fields("tokens", Category.CONTENT, export=False, erase=Erase.ROW),
    },
)
