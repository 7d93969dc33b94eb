"""Minors: who says to be one gets a person, whatever else is switched."""

from django.db.models import Max

from ai.engine.minors import find_minor_sign
from ai.models import MinorLift, Switch
from ai.models.replies import Reason
from ai.purposes import Closed, ClosedError
from ai.replies.outcome import Outcome
from ai.services.situations import Line, Situation
from ai.services.switches import switch_off
from conversations.models import Conversation, Message
from conversations.selectors.people import ids_of_person
from conversations.services.messages import add_activity
from core.audit import Actor
from core.tenancy import scope


def says_minor(situation: Situation) -> bool:
    """Whether the contact says to be under 18 in anything that a model would be shown, since a person last took such a sign back.

    As it was read; else by the rule, so it holds where nothing may be analysed.
    """
    found = [one.seq for one in situation.inbound if _is_sign(situation, one)]
    return bool(found) and is_news(situation.conversation, max(found))


def is_news(conversation: Conversation, seq: int) -> bool:
    """Whether a message came after a person of the company last took back a sign of the contact being a minor.

    They had read what stood there then: it is no sign any more, however late it is looked at.
    """
    with scope(conversation.workspace_id):
        lifts = MinorLift.objects.filter(contact__in=ids_of_person(conversation.contact_id))
        lifted_at = lifts.aggregate(newest=Max("lifted_at"))["newest"]
        if lifted_at is None:
            return True
        return Message.objects.filter(conversation=conversation, seq=seq, created_at__gt=lifted_at).exists()


def is_protected(situation: Situation, outcome: Outcome) -> bool:
    """Whether what was thought is that a minor wrote it, which has just closed the gate. Outside any scope."""
    if outcome.reason is not Reason.MINOR:
        return False
    with scope(situation.workspace_id):
        protect(situation.conversation)
    return True


def refuse_minor(situation: Situation) -> None:
    """Where a minor wrote in what a model would be shown, close the gate and raise ClosedError. Outside any scope."""
    if says_minor(situation):
        with scope(situation.workspace_id):
            protect(situation.conversation)
        raise ClosedError(Closed.MINOR)


def protect(conversation: Conversation) -> None:
    """Switch AI off for the contact until somebody has looked. In the scope; safe to repeat."""
    if switch_off(Switch.Level.CONTACT, conversation.contact, None, Switch.Reason.MINOR, actor=Actor.system()):
        add_activity(conversation, "ai_minor")


def _is_sign(situation: Situation, line: Line) -> bool:
    if (reading := situation.readings.get(line.seq)) is not None:
        return reading.is_minor_suspected
    return find_minor_sign(line.text, today=situation.now().date()) is not None
