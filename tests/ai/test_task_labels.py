"""What tasks make of the labels and types that other sets use."""

import pytest

from ai.evaluation.tasks.pii import is_structured
from ai.evaluation.tasks.sentiment import moods_of


@pytest.mark.parametrize(
    ("labels", "moods"),
    [
        (["negative", "neutral", "positive"], {"negative": "negative", "neutral": "neutral", "positive": "positive"}),
        (["NEG", "POS"], {"NEG": "negative", "POS": "positive"}),
        (["0", "1", "2"], {"0": "negative", "1": "neutral", "2": "positive"}),
        (["0", "4"], {"0": "negative", "4": "positive"}),
        (["négatif", "positif"], {"négatif": "negative", "positif": "positive"}),
        (["negative", "apple"], {}),
        (["1", "2", "3", "4", "5"], {}),
    ],
)
def test_labels_that_are_moods_are_known(labels: list[str], moods: dict[str, str]) -> None:
    assert moods_of(labels) == moods


@pytest.mark.parametrize(
    ("kind", "has_form"),
    [
        ("EMAIL_ADDRESS", True),
        ("PHONE_NUMBER", True),
        ("CREDIT_CARD", True),
        ("IBAN_CODE", True),
        ("IP_ADDRESS", True),
        ("US_SSN", True),
        ("DOMAIN_NAME", True),
        ("email", True),
        ("STREET_ADDRESS", False),
        ("MAILING_ADDRESS", False),
        ("PERSON", False),
        ("ZIP_CODE", False),
        ("TITLE", False),
        ("HOTEL", False),
        ("DATE_TIME", False),
        ("card_type", False),
    ],
)
def test_types_with_a_form_are_told_from_names_and_streets(kind: str, has_form: bool) -> None:
    assert is_structured(kind) is has_form
