"""Drafts: what an agent has typed survives everything."""

from accounts.models import User
from conversations.models import Conversation, Draft


def keep_draft(conversation: Conversation, *, user: User, mode: str, body: str) -> None:
    """Keep an agent's unsent text; an empty one discards the draft."""
    if not body.strip():
        discard_draft(conversation, user=user, mode=mode)
        return
    draft = Draft.objects.filter(conversation=conversation, user=user, mode=mode).first()
    if draft is None:
        draft = Draft(conversation=conversation, user=user, mode=mode)
    draft.body = body
    draft.save()


def discard_draft(conversation: Conversation, *, user: User, mode: str) -> None:
    """Forget a draft, because it was sent or emptied."""
    Draft.objects.filter(conversation=conversation, user=user, mode=mode).delete()
