"""The tables of conversations."""

from conversations.models.attachment import Attachment
from conversations.models.contact import Contact, ContactIdentity, ContactNote
from conversations.models.conversation import Conversation, ConversationCounter, ConversationLabel, Label, Participant
from conversations.models.draft import Draft
from conversations.models.inbox import Inbox, InboxMember
from conversations.models.message import (
    DeliveryReceipt,
    Mention,
    Message,
    MessageAlias,
    MessageOriginal,
    MessageRevision,
    Reaction,
)
from conversations.models.search import SearchEntry

__all__ = [
    "Attachment",
    "Contact",
    "ContactIdentity",
    "ContactNote",
    "Conversation",
    "ConversationCounter",
    "ConversationLabel",
    "DeliveryReceipt",
    "Draft",
    "Inbox",
    "InboxMember",
    "Label",
    "Mention",
    "Message",
    "MessageAlias",
    "MessageOriginal",
    "MessageRevision",
    "Participant",
    "Reaction",
    "SearchEntry",
]
