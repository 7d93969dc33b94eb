"""UTF-16 offsets, agents' markup, and texts cut into parts."""

import pytest
from hypothesis import given, settings, strategies as st

from channels_app.adapters.telegram.entities import (
    KINDS,
    Formatted,
    Span,
    entities_of,
    offsets,
    spans_of,
    utf16_length,
    with_plain_links,
)
from channels_app.adapters.telegram.markup import formatted
from channels_app.adapters.telegram.splitting import split

#: Letters of one, two and three bytes, beyond the BMP, joined, combined, right to left, and blanks.
_LETTERS = "ab.\n\t é ß中👋𝒳🏽👨\u200d👩\u200d👧e\u0301אבמרחבا\u200f🇵🇹\ufe0f"
_text = st.text(st.sampled_from(_LETTERS) | st.characters(exclude_categories=["Cs"]), max_size=60)
_quick = settings(max_examples=300, deadline=None, derandomize=True)


@st.composite
def _formatted(draw: st.DrawFn) -> Formatted:
    text = draw(_text.filter(bool))
    spans = []
    for _number in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(text) - 1))
        kind = draw(st.sampled_from(sorted(set(KINDS.values()))))
        spans.append(Span(kind, start, draw(st.integers(start + 1, len(text))), "https://a.example/" if kind == "link" else ""))
    return Formatted(text, tuple(spans))


@_quick
@given(_formatted())
def test_formats_survive_the_round_trip(given_text: Formatted) -> None:
    assert spans_of(given_text.text, entities_of(given_text)) == given_text.spans


@_quick
@given(_formatted())
def test_offsets_mark_the_same_characters_in_utf_16(given_text: Formatted) -> None:
    raw = given_text.text.encode("utf-16-le")
    for span, entity in zip(given_text.spans, entities_of(given_text), strict=True):
        begin, end = entity["offset"] * 2, (entity["offset"] + entity["length"]) * 2
        assert raw[begin:end].decode("utf-16-le") == given_text.text[span.start : span.end]


_entities = st.fixed_dictionaries(
    {
        "type": st.sampled_from([*KINDS, "mention", "x"]),
        "offset": st.integers(-5, 80),
        "length": st.integers(-5, 80),
        "url": st.just("https://a.example/"),
    }
)


@_quick
@given(_text, st.lists(_entities, max_size=5))
def test_any_offsets_give_formats_within_the_text(text: str, entities: list[dict[str, object]]) -> None:
    for span in spans_of(text, entities):
        assert 0 <= span.start < span.end <= len(text)


def test_offset_inside_a_character_takes_the_whole_of_it() -> None:
    assert spans_of("a👋b", [{"type": "bold", "offset": 2, "length": 1}]) == (Span("bold", 1, 2),)


@_quick
@given(_formatted())
def test_shown_links_move_formats_along(given_text: Formatted) -> None:
    shown = with_plain_links(given_text)
    for before, after in zip(given_text.spans, shown.spans, strict=True):
        words = shown.text[after.start : after.end].replace(" (https://a.example/)", "")
        assert words == given_text.text[before.start : before.end]


@_quick
@given(_formatted(), st.integers(2, 40))
def test_parts_fit_and_lose_nothing_but_blanks(given_text: Formatted, limit: int) -> None:
    parts = split(given_text, limit)
    assert all(0 < utf16_length(part.text) <= limit for part in parts)
    assert all(part.text == part.text.strip() for part in parts)
    assert "".join("".join(part.text.split()) for part in parts) == "".join(given_text.text.split())
    for part in parts:
        assert all(0 <= span.start < span.end <= len(part.text) for span in part.spans)


def test_long_text_is_cut_at_the_end_of_a_paragraph() -> None:
    paragraph = "One sentence. " * 200
    parts = split(Formatted(f"{paragraph}\n\n{paragraph}"), 4096)
    assert [part.text for part in parts] == [paragraph.strip(), paragraph.strip()]


def test_format_over_a_cut_goes_on_in_the_next_part() -> None:
    first, second = split(Formatted("aaaa bbbb", (Span("bold", 2, 7),)), 5)
    assert (first, second) == (Formatted("aaaa", (Span("bold", 2, 4),)), Formatted("bbbb", (Span("bold", 0, 2),)))


def test_joined_characters_stay_together() -> None:
    family = "👨\u200d👩\u200d👧"
    assert [part.text for part in split(Formatted(family * 3), 12)] == [family] * 3


@pytest.mark.parametrize(
    ("typed", "text", "spans"),
    [
        ("**bold** and *it* and _it_", "bold and it and it", [("bold", 0, 4), ("italic", 9, 11), ("italic", 16, 18)]),
        ("`a*b*c` ```x\ny```", "a*b*c x\ny", [("code", 0, 5), ("pre", 6, 9)]),
        ("[the *shop*](https://a.example/_x_)", "the shop", [("link", 0, 8), ("italic", 4, 8)]),
        ("👋 **é**", "👋 é", [("bold", 2, 3)]),
        ("5 * 3 * 2 = 30", "5 * 3 * 2 = 30", []),
        ("snake_case_name 2**10 ** 3", "snake_case_name 2**10 ** 3", []),
        ("https://a.example/_a_*b*", "https://a.example/_a_*b*", []),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))", []),
        ("<b>no HTML</b> & _so_", "<b>no HTML</b> & so", [("italic", 17, 19)]),
    ],
)
def test_markup_of_agents(typed: str, text: str, spans: list[tuple[str, int, int]]) -> None:
    found = formatted(typed)
    assert found.text == text
    assert [(one.kind, one.start, one.end) for one in found.spans] == spans


@_quick
@given(st.text(st.sampled_from("a *_`[](\n👋") | st.characters(exclude_categories=["Cs"]), max_size=60))
def test_any_typing_gives_formats_that_the_platform_takes(typed: str) -> None:
    found = formatted(typed)
    places = set(offsets(found.text))
    for entity in entities_of(found):
        assert entity["length"] > 0
        assert {entity["offset"], entity["offset"] + entity["length"]} <= places
