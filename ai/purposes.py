"""Why AI is used, on what, and why it may not be: the words that the gate, its switches and the providers share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from conversations.models import Conversation


class Purpose(models.TextChoices):
    """What a use of a model is for. Each can be switched off by itself, at every level."""

    ANSWER = "answer", _("Answer customers")
    SUGGEST = "suggest", _("Help agents write")
    ANALYSE = "analyse", _("Read and sort messages")
    LEARN = "learn", _("Learn from corrections")


class Task(models.TextChoices):
    """What a provider's model is asked to do; each may have a model of its own."""

    ANSWER = "answer", _("Answers to customers")
    SUGGEST = "suggest", _("Suggested replies")
    SUMMARISE = "summarise", _("Summaries")
    REWRITE = "rewrite", _("Rewriting")
    TRANSLATE = "translate", _("Translations")


class Closed(StrEnum):
    """Why the gate is closed."""

    WORKSPACE = "workspace"
    PURPOSE = "purpose"  # switched off for this purpose in the whole workspace
    INBOX = "inbox"
    MODE = "mode"  # the inbox's mode: no automatic answers, or neither answers nor suggestions
    CONVERSATION = "conversation"
    CONTACT = "contact"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    MINOR = "minor"
    CONSENT = "consent"  # the workspace learns only from people who agreed, and this one has not
    BLOCKED = "blocked"
    GONE = "gone"  # the conversation, contact or inbox is not there any more
    BUDGET = "budget"
    UNPRICED = "unpriced"  # there is a budget, and the price of the model is not known
    NO_PROVIDER = "no_provider"


class ClosedError(Exception):
    """AI may not be used here and now; `reason` says why."""

    def __init__(self, reason: Closed) -> None:
        super().__init__(f"AI is closed: {reason}")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Subject:
    """What AI is used on, by ids. A conversation brings its inbox and contact along; `contact_id` beside it may name a further
    person whose words are read, such as somebody in copy."""

    workspace_id: UUID
    inbox_id: UUID | None = None
    conversation_id: UUID | None = None
    contact_id: UUID | None = None

    @classmethod
    def of(cls, conversation: "Conversation") -> Self:
        """The conversation with its inbox and contact."""
        return cls(conversation.workspace_id, conversation.inbox_id, conversation.pk, conversation.contact_id)
