"""Minors: who says to be one gets a person, whatever else is switched."""

from ai.engine.minors import find_minor_sign
from ai.models import Switch
from ai.models.replies import Reason
from ai.replies.outcome import Outcome
from ai.services.situations import Situation
from ai.services.switches import switch_off
from conversations.models import Conversation
from conversations.services.messages import add_activity
from core.audit import Actor
from core.tenancy import scope


def says_minor(situation: Situation) -> bool:
    """Whether a waiting message says that its writer is under 18. A rule, so it holds where nothing has read the messages."""
    today = situation.now().date()
    return any(find_minor_sign(one.text, today=today) is not None for one in situation.waiting)


def is_protected(situation: Situation, outcome: Outcome) -> bool:
    """Whether a waiting message has just closed the gate: what was thought is that a minor wrote it. Outside any scope."""
    if outcome.reason is not Reason.MINOR or not says_minor(situation):
        return False
    with scope(situation.workspace_id):
        protect(situation.conversation)
    return True


def protect(conversation: Conversation) -> None:
    """Switch AI off for the contact until somebody has looked. In the scope; safe to repeat."""
    if switch_off(Switch.Level.CONTACT, conversation.contact, None, Switch.Reason.MINOR, actor=Actor.system()):
        add_activity(conversation, "ai_minor")
