"""Handing over: the conversation goes to people with a reason, a summary and a team; the customer reads what happens next."""

from datetime import datetime
from uuid import uuid5

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Team, Workspace
from accounts.presence import is_staffed
from ai.models import Handover, Reading
from ai.models.replies import Reason
from ai.replies.hours import is_within, next_opening, worded
from ai.replies.words import say
from ai.services.saying import said
from ai.services.situations import Situation
from ai.services.summarising import recall, summary_of
from ai.services.turns import open_for_people, tell
from conversations.models import Conversation
from conversations.services import state
from conversations.services.messages import add_activity, conversation_changed
from conversations.services.replies import add_ai_note, send_ai_reply
from knowledge.services.gaps import note_unanswered

#: The customer reads nothing when nothing may be sent, or a person is there already.
_SILENT = frozenset({Reason.SWITCHED_OFF, Reason.TAKEN_OVER, Reason.WINDOW_CLOSED, Reason.STOPPED})
#: Questions that the knowledge base should have answered.
_GAPS = frozenset({Reason.NO_EVIDENCE, Reason.LANGUAGE, Reason.GUARD, Reason.LOW_CONFIDENCE})


def hand_over(situation: Situation, reason: Reason, *, is_silent: bool = False, may_write: bool = True) -> Handover:
    """Give the conversation to people: in the scope, under the locks of conversation and turn.

    The customer is told, in their language, unless `is_silent` or the channel does not let it; whoever waits goes on waiting
    since when they wrote. `may_write` False: nothing is made of the messages, because AI is switched off for them.
    """
    conversation = situation.conversation
    waiting_since = conversation.waiting_since
    if not is_silent and reason not in _SILENT:
        _tell_customer(situation)
    handover = Handover(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        reason=reason,
        team=_team(situation),
        priority=max((one.priority for one in situation.readings.values()), default=0),
        seq=situation.to_seq,
    )
    if may_write:
        language = Workspace.objects.values_list("language", flat=True).get(pk=conversation.workspace_id)
        recall(situation)
        handover.summary = summary_of(situation, language=language).text
        key = uuid5(conversation.pk, f"handover:{situation.to_seq}")
        handover.note = add_ai_note(conversation, body=handover.summary, idempotency_key=key, data={"handover": str(reason)})
    handover.save(force_insert=True)
    _give_to_people(conversation, handover, waiting_since)
    if may_write:
        note_gap(situation, reason)
    tell(conversation, "ai.handed_over", reason=str(reason), handover=str(handover.pk))
    return handover


def when_people_come(situation: Situation) -> str:
    """What the customer reads: a colleague is there now, soon, or when business hours begin."""
    now = situation.now()
    if is_staffed(situation.workspace_id):
        return say("handed_now", situation.language)
    if not is_within(situation.hours, situation.zone, now):
        opening = next_opening(situation.hours, situation.zone, now)
        if opening is not None:
            return say("handed_later", situation.language, when=worded(opening, now, situation.language))
    return say("handed_soon", situation.language)


def note_gap(situation: Situation, reason: Reason) -> None:
    """Keep the question, where knowledge is what was missing."""
    if reason in _GAPS:
        note_unanswered(
            situation.asked, conversation_id=situation.conversation.pk, language=situation.language, reason=str(reason)
        )


def _tell_customer(situation: Situation) -> None:
    text, data = said(situation, when_people_come(situation), offers_person=False)
    key = uuid5(situation.conversation.pk, f"handed:{situation.to_seq}")
    try:
        send_ai_reply(situation.conversation, body=text, idempotency_key=key, data=data)
    except ValidationError:
        return  # the channel lets nothing out now; people see that at the composer


def _give_to_people(conversation: Conversation, handover: Handover, waiting_since: datetime | None) -> None:
    open_for_people(conversation)
    add_activity(conversation, "ai_handed_over", reason=handover.reason)
    if handover.team is not None:
        state.set_team(conversation, handover.team, by=None)
    # The AI's message is no answer to what was asked: the customer waits for a person since they wrote.
    conversation.waiting_since = waiting_since or timezone.now()
    conversation.save(update_fields=["waiting_since"])
    conversation_changed(conversation, "waiting_since")


def _team(situation: Situation) -> Team | None:
    """The intent's team, where a message had one; else the conversation stays where it is."""
    readings: list[Reading] = sorted(situation.readings.values(), key=lambda one: -one.seq)
    intents = [one.intent for one in readings if one.intent is not None and one.intent.team is not None]
    return intents[0].team if intents else None
