"""When the AI holds its tongue: a person is on it, it would repeat itself, or it talks in circles."""

from dataclasses import replace
from datetime import timedelta

from django.utils import timezone

from ai.engine.text import stems
from ai.models import Handover, InboxAi
from ai.models.replies import Reason
from ai.replies.answers import Answer
from ai.replies.hours import is_within
from ai.services.situations import Situation
from ai.services.turns import RESCUE_AFTER
from conversations.models import Conversation, Draft, Message
from conversations.typing import Side, is_typing

#: Answers in a row without a word from anybody else but the contact. Small talk counts too: two bots thank each other for ever.
MOST_ANSWERS = 6
#: From this share of its words on an answer has been said.
_SAME_ANSWER = 0.8
#: A contact who writes the same again and again is a machine, or not helped.
_SAME_MESSAGES = 3
#: A draft that an agent touched within this time is being written.
_WRITING = timedelta(minutes=3)


def person_is_on_it(conversation: Conversation) -> bool:
    """Whether somebody of the company has the conversation: assigned, answering, writing, or given it by the AI.

    Asked once more under the conversation's lock, in the transaction that sends.
    """
    if conversation.assignee_id is not None or Handover.objects.filter(conversation=conversation, ended_at=None).exists():
        return True
    if is_typing(conversation.pk, Side.AGENT):
        return True
    if Draft.objects.filter(conversation=conversation, mode="reply", updated_at__gt=timezone.now() - _WRITING).exists():
        return True
    written = Message.objects.filter(conversation=conversation, kind=Message.Kind.OUTBOUND, author_user__isnull=False)
    return written.filter(seq__gt=resolved_at_seq(conversation)).exists()


def resolved_at_seq(conversation: Conversation) -> int:
    """The number of the message at which people last closed the conversation; 0 where they never did."""
    ended = Handover.objects.filter(conversation=conversation, ended_at__isnull=False).order_by("-id").first()
    reopened = Message.objects.filter(conversation=conversation, kind=Message.Kind.ACTIVITY).order_by("-seq")
    for message in reopened[:50]:
        if message.data.get("action") == "reopened_by_contact" or message.data.get("status") == Conversation.Status.RESOLVED:
            return message.seq
    return ended.seq if ended else 0


def repeats(situation: Situation, text: str) -> bool:
    """Whether the AI has said this, or nearly this, in the conversation."""
    said = frozenset(stems(text, situation.language))
    return any(_alike(said, frozenset(stems(one, situation.language))) for one in situation.own_answers)


def has_said(situation: Situation, text: str) -> bool:
    """Whether the AI has said this word for word in the conversation."""
    return any(_plain(text) in _plain(one) for one in situation.own_answers)


def unsaid(situation: Situation, answer: Answer) -> Answer | None:
    """An answer without the sentences that were said before; None where nothing else, or not what answers best, is left of it."""
    left = tuple(one for one in answer.said if not has_said(situation, one.text))
    is_point_said = any(one.is_best for one in answer.said) and not any(one.is_best for one in left)
    if not left or is_point_said:
        return None
    rest = replace(answer, said=left)
    return None if repeats(situation, rest.text) else rest


def loops(situation: Situation) -> bool:
    """Whether the talk gets nowhere: too many answers in a row, or the same message again and again."""
    if situation.turn is not None and situation.turn.answers >= MOST_ANSWERS:
        return True
    newest = [one.casefold().strip() for one in situation.customer_turns[-_SAME_MESSAGES:]]
    return len(newest) == _SAME_MESSAGES and len(set(newest)) == 1 and bool(situation.own_answers)


def is_in_share(conversation: Conversation, share: int) -> bool:
    """Whether a conversation is among those, in percent, that are answered: always the same ones."""
    return conversation.pk.int % 100 < share


def is_at_work(situation: Situation) -> bool:
    """Whether the AI answers by itself at this hour."""
    if situation.inbox_ai.hours == InboxAi.Hours.ALWAYS:
        return True
    is_open = is_within(situation.hours, situation.zone, situation.now())
    return is_open == (situation.inbox_ai.hours == InboxAi.Hours.WITHIN)


def withheld_because(situation: Situation) -> Reason | None:
    """Why an inbox that answers by itself does not answer this conversation by itself now; None: it does."""
    if person_is_on_it(situation.conversation) or is_late(situation):
        return Reason.TAKEN_OVER
    if not is_at_work(situation):
        return Reason.OUT_OF_HOURS
    if situation.inbox_ai.stage == InboxAi.Stage.SHARE and not is_in_share(situation.conversation, situation.inbox_ai.share):
        return Reason.SHARE
    return None


def is_late(situation: Situation) -> bool:
    """Whether what waits has waited for so long that people have it by now: after an outage, or what was there before."""
    return any(situation.now() - one.stored_at > RESCUE_AFTER for one in situation.waiting[-1:])


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


def _alike(said: frozenset[str], earlier: frozenset[str]) -> bool:
    """Nearly all words stood in the earlier message, which may have said more, such as what the AI is."""
    return bool(said) and len(said & earlier) / len(said) >= _SAME_ANSWER
