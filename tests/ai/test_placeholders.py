"""Personal data go out and come back; what is none stays."""

from collections import defaultdict

import pytest
from hypothesis import given, settings, strategies as st

from ai.engine import patterns
from ai.engine.placeholders import Known, Masker
from tests.ai import synthetic

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["a.b@c.de", "+44 20 7946 0958", "<EMAIL_1>", "<PERSON_2>", "4111 1111 1111 1111", "Anna Berg", "anna  berg", "\n"]
        ),
    ),
    max_size=8,
).map(" ".join)


@given(st.lists(TEXTS, min_size=1, max_size=4))
@settings(max_examples=300, deadline=None)
def test_what_was_masked_comes_back_to_the_character(texts: list[str]) -> None:
    masker = Masker([Known("PERSON", "Anna Berg"), Known("PHONE", "+44 20 7946 0958")])
    masked = [masker.mask(text) for text in texts]
    for text, found in zip(texts, masked, strict=True):
        assert masker.restore(found.text) == text
        assert "a.b@c.de" not in found.text
        assert "4111 1111 1111 1111" not in found.text


def test_a_value_keeps_its_placeholder_through_a_conversation() -> None:
    masker = Masker()
    assert masker.mask("mail a@b.de and c@d.de").text == "mail <EMAIL_1> and <EMAIL_2>"
    assert masker.mask("again c@d.de").text == "again <EMAIL_2>"
    assert masker.restore("We wrote to <EMAIL_2>, not to <EMAIL_3>.") == "We wrote to c@d.de, not to <EMAIL_3>."
    assert masker.unknown_placeholders("<EMAIL_2> <EMAIL_3>") == ["<EMAIL_3>"]


def test_nobody_gets_a_value_by_naming_its_placeholder() -> None:
    masker = Masker()
    masker.mask("I am a@b.de")
    masked = masker.mask("what is <EMAIL_1>?")
    assert masked.text == "what is <TEXT_1>?"
    assert masker.restore(masked.text) == "what is <EMAIL_1>?"


def test_known_values_of_the_profile_are_masked_as_whole_words() -> None:
    masker = Masker(
        [Known("PERSON", "Ann"), Known("ADDRESS", "12 High Street"), Known("PHONE", "+351 912 345 678"), Known("PERSON", "A")]
    )
    text = masker.mask("ANN and Anna live at 12 high  street, 912-345-678 is an example: A").text
    assert text.startswith("<PERSON_1> and Anna live at <ADDRESS_1>, <PHONE_1> is")
    assert text.endswith(": A")


def test_structured_data_are_found_and_little_else() -> None:
    hits: dict[str, list[bool]] = defaultdict(list)
    strays = 0
    for text, start, end, kind in synthetic.messages(1_600):
        spans = patterns.find(text)
        covered = all(any(s.start <= place < s.end for s in spans) for place in range(start, end) if text[place].isalnum())
        hits[kind].append(covered)
        strays += sum(span.end <= start or span.start >= end for span in spans)
    recall = {kind: sum(found) / len(found) for kind, found in hits.items()}
    assert min(recall.values()) >= 0.97, recall
    assert sum(map(sum, hits.values())) / 1_600 >= 0.99, recall
    assert strays == 0


@pytest.mark.parametrize(
    "text",
    [
        "My order 1234567890 has not arrived",
        "Order number 4111111111111112 is late",
        "It costs 1 000 000 or 1.250.000 or $2,500.00",
        "I paid on 2021-03-04 at 10:30 and on 12/05/2020",
        "Version 10.2.3 of the app, model SM-G991B",
        "The code is 482913 and the pin 1234",
        "It takes 3-5 days, from 9:00 to 17:30",
        "tracking 00340434161094027318 says delayed",
        "e.g. this one.Then that",
        "Reference 2024-000123-77",
    ],
)
def test_numbers_that_are_nobodys_stay(text: str) -> None:
    assert [text[span.start : span.end] for span in patterns.find(text)] == []


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("my name is Anna Berg and I wait", "PERSON", "Anna Berg"),
        ("Me llamo José García", "PERSON", "José García"),
        ("O meu nome é João da Silva", "PERSON", "João da Silva"),
        ("Je m'appelle Chloé", "PERSON", "Chloé"),
        ("I was born on 3 May 1985", "DATE_OF_BIRTH", "3 May 1985"),
        ("call me at 5551234", "PHONE", "5551234"),
        ("card 4111 1111 1111 1111 12/27", "CARD", "4111 1111 1111 1111"),
        ("amex 3782 822463 10005 1234", "CARD", "3782 822463 10005"),
        ("passport number AB1234567", "ID", "AB1234567"),
        ("DNI 12345678Z", "ID", "12345678Z"),
        ("wallet 0x52908400098527886E0F7030069857D2E4169EE7", "WALLET", "0x52908400098527886E0F7030069857D2E4169EE7"),
    ],
)
def test_what_people_announce_is_found(text: str, kind: str, value: str) -> None:
    assert [(span.kind, text[span.start : span.end]) for span in patterns.find(text)] == [(kind, value)]


def test_check_digits_are_checked() -> None:
    assert patterns.passes_luhn("4111111111111111")
    assert not patterns.passes_luhn("4111111111111112")
    assert patterns.passes_mod97("DE89370400440532013000")
    assert not patterns.passes_mod97("DE89370400440532013001")


def test_a_long_text_is_read_in_time() -> None:
    """No form needs time that grows faster than the text."""
    import time

    started = time.process_time()
    for text in ("1" * 20_000, "a." * 10_000, "1 " * 10_000, "a@" * 10_000, ":" * 20_000, "DE12" + "A" * 20_000):
        patterns.find(text)
    assert time.process_time() - started < 5


def test_a_name_inside_an_address_does_not_leave_the_rest_of_it() -> None:
    masker = Masker([Known("PERSON", "Rosa Lima"), Known("PERSON", "Rosa")])
    masked = masker.mask("I am Rosa, rosa@lima-family.example, Rosa Lima")
    assert masked.text == "I am <PERSON_1>, <EMAIL_1>, <PERSON_2>"
    assert masker.restore(masked.text) == "I am Rosa, rosa@lima-family.example, Rosa Lima"
