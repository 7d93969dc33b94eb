"""What tasks make of the labels and types that other sets use."""

import pytest

from ai.evaluation.moods import moods_of
from ai.evaluation.tasks.language import code_of
from ai.evaluation.tasks.pii import is_structured


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
        (["Positive", "NEUTRAL"], {"Positive": "positive", "NEUTRAL": "neutral"}),
        (["-1", "0", "+1"], {"-1": "negative", "0": "neutral", "+1": "positive"}),
        (["0.0", "1.0"], {"0.0": "negative", "1.0": "positive"}),
        (["LABEL_0", "LABEL_1"], {"LABEL_0": "negative", "LABEL_1": "positive"}),
        (["LABEL_0", "LABEL_1", "LABEL_2"], {"LABEL_0": "negative", "LABEL_1": "neutral", "LABEL_2": "positive"}),
        # Is 1 bad or neither? Is 1 alone good?
        (["1", "2"], {}),
        (["1"], {}),
        (["nan", "inf"], {}),
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


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("pt-BR", "pt"),
        ("por", "pt"),
        ("Portuguese", "pt"),
        ("português", "pt"),
        ("ENGLISH", "en"),
        ("Chinese", "zh"),
        ("cow", "cow"),
    ],
)
def test_languages_are_known_by_code_and_by_name(label: str, code: str) -> None:
    assert code_of(label) == code
