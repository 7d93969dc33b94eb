"""What is said of a message's mood and priority without a learned model, and what stands whatever a model says."""

from collections.abc import Mapping
from typing import Any

from ai.engine.sentiment import Sentiment
from ai.engine.settled import Ruled
from ai.models import Intent, Reading
from ai.replies.urgency import HIGH, URGENT, Urgency, urgency_of

#: Nothing urgent was found.
_NO_URGENCY = Urgency(0, ())


def ruled_mood(compound: float, anger: str) -> Ruled:
    """By the lexicon's score (-1 to 1), and by the word of anger where there is one: that stands."""
    lexicon = Sentiment(compound, 0.0, 0.0, 0.0).mood
    return Ruled("negative", "negative") if anger else Ruled(lexicon, "positive")


def ruled_priority(urgency: Urgency, intent: Intent | None, anger: str) -> Ruled:
    """By urgent words, the intent and anger. Words of danger or fraud stand, and so does what the intent was given."""
    given = intent.priority if intent else 0
    floor = max(given, URGENT if urgency.priority >= URGENT else 0)
    return Ruled(str(max(urgency.priority, given, HIGH if anger else 0)), str(floor))


def rules_of(reading: Reading | None, text: str) -> tuple[Ruled, Ruled]:
    """The same for a message that was read before, from what was kept of it: mood and priority. `text` is the masked one."""
    if reading is None:
        return ruled_mood(0.0, ""), ruled_priority(urgency_of(text), None, "")
    why: Mapping[str, Any] = reading.why
    anger = str(why.get("mood", {}).get("anger", ""))
    urgency = urgency_of(text) if text else _NO_URGENCY
    return ruled_mood(reading.mood_score, anger), ruled_priority(urgency, reading.intent, anger)
