"""Faults put into true sentences are found; true sentences pass."""

import pytest

from ai.engine.answers import Guard
from ai.engine.answers.negation import is_negated

SOURCE = (
    "Anna Berg founded the shop in Lisbon in 1998. You can return goods within 30 days of the purchase. "
    "We refund the price within 5 working days. Opened software cannot be returned. Shipping to Canada costs 12 euros."
)
COMMON = frozenset({"the", "of", "to", "in", "we", "you", "can", "be", "a"})


@pytest.fixture(scope="module")
def guard() -> Guard:
    return Guard(lambda stem: 0.2 if stem in COMMON else 2.0)


@pytest.mark.parametrize(
    "sentence",
    [
        "You can return goods within 30 days of the purchase.",
        "Goods can be returned within 30 days of purchase.",
        "We refund the price within five working days.",
        "Anna Berg founded the shop in 1998.",
        "Opened software can't be returned.",
    ],
)
def test_what_the_source_says_passes(guard: Guard, sentence: str) -> None:
    assert guard.check(sentence, SOURCE, language="en").reasons == ()


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("You can return goods within 60 days of the purchase.", "number"),
        # Another number of the same passage, in another's place.
        ("We refund the price within 30 working days.", "number"),
        ("Shipping to Mexico costs 12 euros.", "name"),
        ("Maria Berg founded the shop in Lisbon.", "name"),
        ("You cannot return goods within 30 days of the purchase.", "negation"),
        ("Opened software can be returned.", "negation"),
        ("Elephants eat grass beside wide rivers.", "coverage"),
    ],
)
def test_a_fault_is_found_and_named(guard: Guard, sentence: str, reason: str) -> None:
    verdict = guard.check(sentence, SOURCE, language="en")
    assert reason in verdict.reasons
    assert not verdict.is_supported


def test_names_of_the_question_may_be_said(guard: Guard) -> None:
    sentence = "Shipping to Mexico costs 12 euros."
    assert guard.check(sentence, SOURCE, language="en", known="What is shipping to Mexico?").is_supported


def test_numbers_are_one_however_they_are_written(guard: Guard) -> None:
    assert guard.check("It costs 1,200 euros.", "It costs 1200 euros.", language="en").is_supported
    assert not guard.check("It costs 1,200 euros.", "It costs 12.00 euros.", language="en").is_supported


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("I can't", "en"),
        ("não pode", "pt"),
        ("no se puede", "es"),
        ("on ne peut pas", "fr"),
        ("geht nicht", "de"),
        ("non si può", "it"),
    ],
)
def test_no_is_known_in_six_languages(sentence: str, language: str) -> None:
    assert is_negated(sentence, language)
    assert is_negated(sentence, "sv")


@pytest.mark.parametrize(("sentence", "language"), [("I noted it", "en"), ("o nosso", "pt"), ("nosotros", "es"), ("notre", "fr")])
def test_words_that_only_look_like_no(sentence: str, language: str) -> None:
    assert not is_negated(sentence, language)
