"""Replying: one turn from claim to message. Reading, thinking and acting are apart, so that a crash between them does no harm.

    claim the turn (a lease in Postgres)
    read what waits                         in the scope, purpose analyse
    think: what to do                       outside any transaction, purpose answer or suggest
    act: send, propose, keep, hand over     one transaction under the conversation's lock, where everything is asked once more

A message carries a key made of conversation and turn, so that it is stored once however often a turn is taken.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

import structlog
from django.core.exceptions import ValidationError

from ai.gate import Closed, ClosedError, Opened, Purpose, Subject, enter
from ai.models import InboxAi, Proposal
from ai.models.replies import Reason
from ai.replies.outcome import Kind, Outcome
from ai.services import turns
from ai.services.handing_over import hand_over, note_gap
from ai.services.minors import is_protected
from ai.services.proposing import store_proposal
from ai.services.reading import read_waiting
from ai.services.restraint import person_is_on_it, withheld_because
from ai.services.saying import greeting_of, said
from ai.services.situations import Situation, situation_of
from ai.services.thinking import think
from ai.services.thinking_signs import shows_thinking
from conversations.models import Conversation
from conversations.services import state
from conversations.services.messages import conversation_changed
from conversations.services.replies import send_ai_reply
from core.tenancy import scope
from knowledge.retrieval import Audience, are_public

log = structlog.get_logger(__name__)

State = Proposal.State
#: Refusals of the channel as reasons of ours; any other one is told as it is.
_REFUSALS = {"window_closed": Reason.WINDOW_CLOSED, "opted_out": Reason.STOPPED, "marketing_stopped": Reason.STOPPED}


@dataclass(frozen=True, slots=True)
class Role:
    """What the AI may do here: `is_live` answers go out, others are kept in the shadow or proposed."""

    purpose: Purpose
    is_live: bool = False
    is_shadow: bool = False


@dataclass(frozen=True, slots=True)
class Thought:
    """What was made of a situation; `opened` is the leave under which, None where there was none."""

    outcome: Outcome
    opened: Opened | None


def take_turn(workspace_id: UUID, conversation_id: UUID) -> None:
    """Deal with what waits in a conversation, if it is due and nobody else does. Safe to run twice."""
    turn = turns.claim(workspace_id, conversation_id)
    if turn is None:
        return
    with scope(workspace_id):
        situation = situation_of(turn)
        if situation is None:
            return
        read_waiting(situation)
        role = role_in(situation)
    if turn.attempts > turns.MOST_ATTEMPTS:
        act(situation, role, Thought(Outcome.hand_over(Reason.FAILED), None))
        return
    thought = _thought(situation, role.purpose, is_live=role.is_live)
    # While answers stay in the shadow, agents are shown what an inbox that suggests would show them.
    act(situation, role, thought, _thought(situation, Purpose.SUGGEST) if role.is_shadow else None)


def role_in(situation: Situation) -> Role:
    """Answer, stay in the shadow, or suggest to people. In the scope."""
    if situation.inbox_ai.mode != InboxAi.Mode.AUTO:
        return Role(Purpose.SUGGEST)
    if situation.inbox_ai.stage == InboxAi.Stage.SHADOW:
        return Role(Purpose.ANSWER, is_shadow=True)
    return Role(Purpose.SUGGEST) if withheld_because(situation) else Role(Purpose.ANSWER, is_live=True)


def _thought(situation: Situation, purpose: Purpose, *, is_live: bool = False) -> Thought:
    """Think, as far as AI is on. Only what agents read first may come from what is internal."""
    is_read_first = purpose == Purpose.SUGGEST
    audience = Audience.AGENTS if is_read_first else Audience.PUBLIC
    try:
        opened = enter(purpose, Subject.of(situation.conversation))
        with shows_thinking(situation, is_shown=is_live):
            outcome = think(situation, opened, is_read_first=is_read_first, audience=audience)
    except ClosedError as error:
        return Thought(_closed(error.reason), None)
    return Thought(outcome, None if is_protected(situation, outcome) else opened)


def act(situation: Situation, role: Role, thought: Thought, beside: Thought | None = None) -> None:
    """Write down and send what was thought, if it still holds: nobody wrote meanwhile, no switch fell, no person came.

    `beside`: what agents are shown besides what is kept in the shadow.
    """
    outcome, opened = thought.outcome, thought.opened
    with scope(situation.workspace_id):
        assert situation.turn is not None
        locked = Conversation.objects.select_for_update(of=("self",)).select_related("contact", "identity", "inbox")
        situation.conversation = conversation = locked.get(pk=situation.conversation.pk)
        turn = turns.still_mine(situation.turn)
        if turn is None:
            return
        if conversation.inbound_seq > situation.to_seq:
            turns.give_back(turn)
            return
        situation.turn = turn
        if not role.is_live:
            _propose(situation, role, thought, beside)
        elif outcome.kind is Kind.ANSWER and opened is not None:
            _answer(situation, outcome, opened)
        elif outcome.kind is Kind.NOTHING:
            _say_nothing(situation)
        else:
            _give_up(situation, outcome, opened)


def _propose(situation: Situation, role: Role, thought: Thought, beside: Thought | None) -> None:
    """Keep what was thought for people, or for the comparison that precedes going live. Nothing is sent."""
    assert situation.turn is not None
    outcome, opened = thought.outcome, thought.opened
    if opened is not None and not outcome.is_small_talk:
        state_ = State.SHADOW if role.is_shadow else State.PROPOSED
        store_proposal(situation, outcome, opened, state=state_ if outcome.text else State.WITHHELD)
        note_gap(situation, outcome.reason)
    if beside is not None and beside.opened is not None and beside.outcome.text and not beside.outcome.is_small_talk:
        store_proposal(situation, beside.outcome, beside.opened, state=State.PROPOSED)
    if situation.turn.is_held:
        turns.open_for_people(situation.conversation)
    turns.end(situation.turn, is_held=False, answers=0)


def _answer(situation: Situation, outcome: Outcome, opened: Opened) -> None:
    turn = situation.turn
    assert turn is not None
    try:
        opened.check()
        greeting = greeting_of(situation, opened)
    except ClosedError as error:
        _give_up(situation, _closed(error.reason), None)
        return
    if person_is_on_it(situation.conversation):
        store_proposal(situation, outcome, opened, state=State.PROPOSED)
        turns.end(turn, is_held=False, answers=0)
        return
    if outcome.answer is not None and not are_public([one.candidate.document_id for one in outcome.answer.cited]):
        outcome.reason = Reason.NO_EVIDENCE
        _give_up(situation, outcome, opened)
        return
    own_words = "" if greeting and outcome.greets else outcome.text
    text, data = said(situation, own_words, outcome.answer, introduces=not outcome.introduces, greeting=greeting)
    key = uuid5(situation.conversation.pk, f"answer:{turn.to_seq}")
    try:
        message, _is_new = send_ai_reply(situation.conversation, body=text, idempotency_key=key, data=data)
    except ValidationError as error:
        outcome.reason = _REFUSALS.get(str(getattr(error, "code", "")), Reason.TOO_LONG)
        outcome.kind = Kind.HAND_OVER
        _give_up(situation, outcome, opened)
        return
    store_proposal(situation, outcome, opened, state=State.SENT, message=message)
    # While the AI answers alone, the conversation is none of those that people have to do.
    state.set_status(situation.conversation, Conversation.Status.PENDING, by=None)
    turns.end(turn, is_held=True, answers=turn.answers + 1, asked_seq=turn.to_seq if outcome.asks else None)


def _say_nothing(situation: Situation) -> None:
    """What was written needs no answer, and who wrote it waits for none; the conversation stays with whom it is."""
    turn, conversation = situation.turn, situation.conversation
    assert turn is not None
    if turn.is_held:
        conversation.waiting_since = None
        conversation.save(update_fields=["waiting_since"])
        conversation_changed(conversation, "waiting_since")
    turns.end(turn, is_held=turn.is_held, answers=turn.answers)


def _give_up(situation: Situation, outcome: Outcome, opened: Opened | None) -> None:
    """Hand over; what was thought stays as a proposal for whoever takes it."""
    turn = situation.turn
    assert turn is not None
    if outcome.text and opened is not None:
        store_proposal(situation, outcome, opened, state=State.PROPOSED)
    is_off = outcome.reason is Reason.SWITCHED_OFF
    # Where the AI is off and had nothing in hand there is nothing to hand over.
    if not person_is_on_it(situation.conversation) and not (is_off and not turn.is_held):
        hand_over(situation, outcome.reason, may_write=opened is not None)
    turns.end(turn, is_held=False, answers=0)


def _closed(reason: Closed) -> Outcome:
    """What a closed gate means for the conversation."""
    if reason is Closed.MINOR:
        return Outcome.hand_over(Reason.MINOR)
    return Outcome.hand_over(Reason.BUDGET if reason is Closed.BUDGET else Reason.SWITCHED_OFF)
