"""What the AI makes of a situation, before anything is written or sent."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ai.models.replies import Reason
from ai.replies.answers import Answer

if TYPE_CHECKING:
    from ai.models import Intent


class Kind(StrEnum):
    """What to do."""

    ANSWER = "answer"  # say it (or propose it, where people decide)
    HAND_OVER = "hand_over"  # give the conversation to people
    NOTHING = "nothing"  # neither


@dataclass(slots=True)
class Outcome:
    """`text` is what the customer would read, without what the first message adds. `steps` tell the way, as codes.

    `is_small_talk`: a constant text without sources. `asks`: it asks what the contact means. `introduces`: it says itself that an
    AI writes. `greets`: it is nothing but a greeting. `confidence` and `evidence`: 0 to 1. `looked_up`: the documents that were
    found, best first. `facts`: how an answer came about, for the gate that learns from what people make of answers
    (`ai.engine.trust`).
    """

    kind: Kind
    text: str = ""
    answer: Answer | None = None
    reason: Reason = Reason.NONE
    steps: list[str] = field(default_factory=list)
    intent: "Intent | None" = None
    confidence: float = 0.0
    evidence: float = 0.0
    is_small_talk: bool = False
    asks: bool = False
    introduces: bool = False
    greets: bool = False
    model: str = ""
    looked_up: list[UUID] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def hand_over(cls, reason: Reason, *steps: str, **more: object) -> "Outcome":
        """Give it to people, because of this."""
        return cls(Kind.HAND_OVER, reason=reason, steps=[*steps, str(reason)], **more)  # type: ignore[arg-type]  # its own fields

    @classmethod
    def nothing(cls, *steps: str) -> "Outcome":
        """Say nothing, and leave the conversation with whom it is."""
        return cls(Kind.NOTHING, steps=list(steps), is_small_talk=True)

    @classmethod
    def say(cls, text: str, *steps: str, **more: object) -> "Outcome":
        """Say a constant text."""
        return cls(Kind.ANSWER, text=text, steps=list(steps), is_small_talk=True, confidence=1.0, model="words", **more)  # type: ignore[arg-type]  # its own fields
