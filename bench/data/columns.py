"""The loaded tables, in the order in which they are loaded, and their columns."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "conversations_contact": ("id", "workspace_id", "key_id", "name", "language", "is_blocked", "last_seen_at", "created_at"),
    "conversations_contactidentity": (
        "id", "workspace_id", "key_id", "contact_id", "inbox_id", "kind", "value", "value_index", "is_verified", "is_reachable",
        "created_at",
    ),
    "conversations_conversation": (
        "id", "workspace_id", "key_id", "number", "is_threaded", "inbox_id", "contact_id", "identity_id", "status", "priority",
        "assignee_id", "team_id", "snoozed_until", "last_seq", "inbound_seq", "contact_read_seq", "read_seqs",
        "contact_name", "label_ids", "preview", "preview_kind", "last_activity_at", "waiting_since", "first_replied_at",
        "resolved_at", "created_at",
    ),
    "conversations_conversationlabel": ("id", "workspace_id", "conversation_id", "label_id", "status", "last_activity_at"),
    "conversations_message": (
        "id", "workspace_id", "key_id", "conversation_id", "inbox_id", "seq", "kind", "content_type", "author_user_id",
        "author_contact_id", "is_ai", "body", "provider_index", "status", "error_code", "occurred_at", "created_at",
    ),
    "conversations_searchentry": ("id", "workspace_id", "source", "inbox_id", "conversation_id", "contact_id", "tokens"),
}  # fmt: skip
