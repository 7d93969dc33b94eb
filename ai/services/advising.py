"""What a conversation's readings suggest to an agent, at once and without a model: labels, priority, next step, similar ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Membership
from ai.models import Proposal, Reading
from ai.replies.small_talk import SmallTalk, small_talk_of
from ai.selectors.replies import newest_reading, open_handover, open_proposal
from ai.services.reading import unpack
from conversations.models import Conversation, Label, Message
from conversations.selectors.conversations import conversations_visible_to

#: So many of the newest readings of resolved conversations are compared; below this cosine two messages are not alike.
_COMPARED, _ALIKE = 400, 0.45


class Step(StrEnum):
    """What to do next."""

    USE_SUGGESTION = "use_suggestion"
    LOOK_AT_PERSON = "look_at_person"
    ANSWER_NOW = "answer_now"
    GIVE_TO_TEAM = "give_to_team"
    RESOLVE = "resolve"
    ANSWER = "answer"
    WAIT = "wait"


_STEPS: dict[Step, StrOrPromise] = {
    Step.USE_SUGGESTION: _("Look at the suggested reply"),
    Step.LOOK_AT_PERSON: _("The customer may be a minor: look before anything else"),
    Step.ANSWER_NOW: _("Answer soon: it is urgent or the customer is unhappy"),
    Step.GIVE_TO_TEAM: _("Give it to the team for this"),
    Step.RESOLVE: _("The customer has said thanks: resolve it"),
    Step.ANSWER: _("Answer the customer"),
    Step.WAIT: _("Wait for the customer"),
}


@dataclass(frozen=True, slots=True)
class NextAction:
    """A step, in words, and why (codes and words of the reading)."""

    step: Step
    words: StrOrPromise
    why: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ProposedLabel:
    """A label that fits, and the intent that it comes from."""

    label: Label
    intent: str


@dataclass(frozen=True, slots=True)
class ProposedPriority:
    """A priority as in `Conversation.Priority`, and the cues (`topic`, `word`) that led to it."""

    priority: int
    why: Sequence[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Similar:
    """A resolved conversation that began alike, with how alike (0 to 1), and the reply that ended it."""

    conversation: Conversation
    similarity: float
    answer: Message | None


def proposed_labels(conversation: Conversation) -> list[ProposedLabel]:
    """Labels of the newest message's intent that the conversation does not have."""
    reading = newest_reading(conversation)
    intent = reading.intent if reading else None
    if reading is None or intent is None or intent.label is None or intent.label_id in conversation.label_ids:
        return []
    return [ProposedLabel(intent.label, intent.name)]


def proposed_priority(conversation: Conversation) -> ProposedPriority | None:
    """A higher priority than the conversation has, where its newest messages ask for one."""
    newest = list(Reading.objects.filter(conversation=conversation).order_by("-seq")[:3])
    best = max(newest, key=lambda one: one.priority, default=None)
    if best is None or best.priority <= conversation.priority:
        return None
    why = list(best.why.get("priority", ()))
    if anger := best.why.get("mood", {}).get("anger"):
        why.append({"topic": "anger", "word": anger})
    return ProposedPriority(best.priority, why)


def next_action(conversation: Conversation) -> NextAction | None:
    """What an agent does best now; None for a resolved conversation."""
    if conversation.status == Conversation.Status.RESOLVED:
        return None
    reading, proposal = newest_reading(conversation), open_proposal(conversation)
    step, why = _step(conversation, reading, proposal)
    return NextAction(step, _STEPS[step], why)


def _step(conversation: Conversation, reading: Reading | None, proposal: Proposal | None) -> tuple[Step, dict[str, Any]]:
    why: dict[str, Any] = {"intent": reading.intent_name, "mood": reading.mood} if reading else {}
    handover = open_handover(conversation)
    if handover is not None:
        why["reason"] = handover.reason
    if reading is not None and reading.is_minor_suspected:
        return Step.LOOK_AT_PERSON, why
    if conversation.waiting_since is None:
        return Step.WAIT, why
    if _said_thanks(conversation):
        return Step.RESOLVE, why
    if proposal is not None:
        return Step.USE_SUGGESTION, why
    team_id = reading.intent.team_id if reading and reading.intent else None
    if team_id is not None and conversation.team_id != team_id and conversation.assignee_id is None:
        return Step.GIVE_TO_TEAM, why
    if reading is not None and (reading.priority >= Conversation.Priority.HIGH or reading.mood == Reading.Mood.NEGATIVE):
        return Step.ANSWER_NOW, why
    return Step.ANSWER, why


def _said_thanks(conversation: Conversation) -> bool:
    newest = Message.objects.filter(conversation=conversation, kind=Message.Kind.INBOUND).order_by("-seq").first()
    return newest is not None and small_talk_of(newest.body) in (SmallTalk.THANKS, SmallTalk.GOODBYE)


def similar_solved(conversation: Conversation, *, membership: Membership, limit: int = 3) -> list[Similar]:
    """Resolved conversations that the member may see whose first message was like this one's newest, the most alike first."""
    own = newest_reading(conversation)
    if own is None or not own.vectors:
        return []
    asked = {name: unpack(text) for name, text in own.vectors.items()}
    visible = conversations_visible_to(membership).filter(status=Conversation.Status.RESOLVED).exclude(pk=conversation.pk)
    others = Reading.objects.filter(conversation__in=visible).order_by("-id")[:_COMPARED]
    best: dict[Any, tuple[float, Reading]] = {}
    for other in others:
        nearness = _nearness(asked, other)
        if nearness >= _ALIKE and nearness > best.get(other.conversation_id, (0.0,))[0]:
            best[other.conversation_id] = (nearness, other)
    chosen = sorted(best.values(), key=lambda pair: -pair[0])[:limit]
    return [Similar(other.conversation, nearness, _last_answer(other.conversation)) for nearness, other in chosen]


def _nearness(asked: dict[str, Any], other: Reading) -> float:
    """The cosine in a space that both were read in; the English one first."""
    for name in sorted(asked, key=lambda one: "minilm" not in one):
        if name in other.vectors:
            return float(np.dot(asked[name], unpack(other.vectors[name])))
    return 0.0


def _last_answer(conversation: Conversation) -> Message | None:
    rows = Message.objects.filter(conversation=conversation, kind=Message.Kind.OUTBOUND, deleted_at=None)
    return rows.order_by("-seq").first()
