"""How sure a reading is. A number is told where it was measured how often it holds; elsewhere a word."""

from dataclasses import dataclass

from ai.engine.sentiment import BOUND
from ai.models import Reading
from ai.services.intents import NAMES_MODEL

#: So far from where another mood begins (of 1) a score of the lexicon is rarely of that mood.
_CLEARLY = 0.3
#: From this on a guess among the names of intents is more than a near one.
_LIKELY = 0.7


@dataclass(frozen=True, slots=True)
class Sureness:
    """`chance` (0 to 1): a learned model's, held against lessons that it had not seen (`ai.learning.judging`); None: of the
    lexicon, or of the names of intents, which nothing has measured."""

    is_likely: bool
    chance: float | None = None


def sureness_of_mood(reading: Reading) -> Sureness:
    """Of a language that the lexicon does not know it can only guess; a word of anger stands."""
    if learned := reading.why.get("chances", {}).get("mood"):
        return _measured(float(learned))
    if reading.why.get("mood", {}).get("anger"):
        return Sureness(is_likely=True)
    score = abs(reading.mood_score)
    if score < BOUND:
        return Sureness(is_likely=reading.language == "en" and score < BOUND / 2)
    return Sureness(is_likely=score - BOUND >= _CLEARLY)


def sureness_of_intent(reading: Reading, chance: float | None = None) -> Sureness:
    """Of the intent that was found, or of another one with this chance."""
    found = reading.intent_probability if chance is None else chance
    is_learned = reading.model.rpartition("/")[2] != NAMES_MODEL
    return _measured(found) if is_learned else Sureness(is_likely=found >= _LIKELY)


def _measured(chance: float) -> Sureness:
    return Sureness(is_likely=chance >= _LIKELY, chance=chance)
