"""How sure a mood is shown to be."""

import pytest

from ai.models import Reading
from ai.services.rules import mood_sureness


def reading(score: float, *, language: str = "en", **why: object) -> Reading:
    return Reading(mood_score=score, language=language, why=why)


def test_lexicon_is_surer_the_farther_its_score_is_from_another_mood() -> None:
    polar = [mood_sureness(reading(score)) for score in (0.05, 0.3, 0.9, -0.9, -1.0)]
    assert polar == sorted(polar)
    assert (polar[0], polar[-1]) == pytest.approx((0.5, 0.95))
    assert mood_sureness(reading(0.0)) == pytest.approx(0.75)
    assert mood_sureness(reading(0.049)) < 0.51


def test_what_knows_more_than_the_lexicon_says_how_sure_it_is() -> None:
    assert mood_sureness(reading(0.0, chances={"mood": 0.83})) == 0.83
    assert mood_sureness(reading(0.0, mood={"anger": "scandalous"})) == 0.95
    assert mood_sureness(reading(0.0, language="pt")) == pytest.approx(1 / 3)
