"""How sure a reading is shown to be: in percent where that was measured, else in a word."""

import pytest

from ai.models import Reading
from ai.services.sureness import Sureness, sureness_of_intent, sureness_of_mood
from dashboard.ai_words import sureness_words


def reading(score: float = 0.0, *, language: str = "en", model: str = "embedded/names", **why: object) -> Reading:
    return Reading(mood_score=score, language=language, model=model, intent_probability=0.83, why=why)


@pytest.mark.parametrize(
    ("read", "word"),
    [
        (reading(0.06), "unsure"),
        (reading(-0.3), "unsure"),
        (reading(0.9), "likely"),
        (reading(-0.9), "likely"),
        (reading(0.0), "likely"),
        (reading(0.049), "unsure"),
        (reading(0.0, language="pt"), "unsure"),
        (reading(0.0, mood={"anger": "scandalous"}), "likely"),
    ],
)
def test_lexicon_says_no_number(read: Reading, word: str) -> None:
    assert sureness_words(sureness_of_mood(read)) == word


def test_learned_mood_says_how_often_it_holds() -> None:
    assert sureness_of_mood(reading(chances={"mood": 0.83})) == Sureness(is_likely=True, chance=0.83)
    assert sureness_words(sureness_of_mood(reading(chances={"mood": 0.41}))) == "41 %"


def test_intent_by_names_says_no_number_and_a_learned_one_does() -> None:
    assert sureness_words(sureness_of_intent(reading())) == "likely"
    assert sureness_words(sureness_of_intent(reading(), 0.4)) == "unsure"
    learned = reading(model="embedded/intents-3")
    assert [sureness_words(sureness_of_intent(learned, chance)) for chance in (None, 0.04)] == ["83 %", "4 %"]
