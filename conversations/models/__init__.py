"""The tables of conversations."""

from conversations.models.attachment import Attachment
from conversations.models.consent import ConsentEvent
from conversations.models.contact import Contact, ContactIdentity, ContactNote
from conversations.models.conversation import Conversation, ConversationCounter, ConversationLabel, Label, Participant
from conversations.models.draft import Draft
from conversations.models.inbox import Inbox, InboxMember
from conversations.models.merge import ContactMerge, MergeSuggestion
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
    "ConsentEvent",
    "Contact",
    "ContactIdentity",
    "ContactMerge",
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
    "MergeSuggestion",
    "Message",
    "MessageAlias",
    "MessageOriginal",
    "MessageRevision",
    "Participant",
    "Reaction",
    "SearchEntry",
]
