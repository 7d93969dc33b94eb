"""What the AI did in conversations, for the pages that show it and for the widget."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Workspace
from ai.models import AiSettings, Assist, Handover, InboxAi, Proposal, Reading, Switch, Turn
from conversations.assistant import Assistant
from conversations.models import Conversation


def open_proposal(conversation: Conversation) -> Proposal | None:
    """The suggested reply that waits for a decision."""
    proposed = Proposal.objects.filter(conversation=conversation, state=Proposal.State.PROPOSED).select_related("intent")
    return proposed.order_by("-id").first()


def readings_of(conversation: Conversation) -> QuerySet[Reading]:
    """How the contact's messages were understood, the newest first."""
    return Reading.objects.filter(conversation=conversation).select_related("intent__team", "intent__label").order_by("-seq")


def newest_reading(conversation: Conversation) -> Reading | None:
    """How the contact's newest message was understood."""
    return readings_of(conversation).first()


def open_handover(conversation: Conversation) -> Handover | None:
    """Why people have the conversation, where the AI gave it to them."""
    return Handover.objects.filter(conversation=conversation, ended_at=None).select_related("team").order_by("-id").first()


def newest_assist(conversation: Conversation, user_id: UUID, kind: str) -> Assist | None:
    """A user's newest job of this kind in a conversation."""
    return Assist.objects.filter(conversation=conversation, user_id=user_id, kind=kind).order_by("-id").first()


def assistant_of_inbox(inbox_id: UUID) -> Assistant | None:
    """Who answers an inbox's customers by itself; None where it is off, in the shadow, or leaves it to people."""
    ai = InboxAi.objects.filter(inbox_id=inbox_id, mode=InboxAi.Mode.AUTO).exclude(stage=InboxAi.Stage.SHADOW).first()
    if ai is None:
        return None
    off = Switch.objects.filter(purpose__in=("", "answer"))
    if off.filter(level=Switch.Level.WORKSPACE).exists() or off.filter(level=Switch.Level.INBOX, inbox_id=inbox_id).exists():
        return None
    settings = AiSettings.objects.first()
    name = ai.assistant_name or (settings.assistant_name if settings else "")
    return Assistant(name or Workspace.objects.get(pk=ai.workspace_id).name)


def is_held_by_ai(conversation_id: UUID) -> bool:
    """Whether the AI answers a pending conversation alone."""
    return Turn.objects.filter(conversation_id=conversation_id, is_held=True).exists()
