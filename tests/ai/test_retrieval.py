"""What is found, how sure that is, and that quotes are the sources' own words."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from ai.engine.answers import extract
from ai.engine.answers.sentences import split
from ai.engine.embedders import Embedders
from ai.engine.retrieval import EvidenceGate, Index, Passage, bm25, query_of
from ai.engine.retrieval.fusion import fuse
from tests.ai.conftest import LightEmbedders

PASSAGES = (
    Passage(
        "refunds",
        "Refunds",
        "You can return goods within 30 days. We refund the price in 5 days. Shipping is not refunded.",
        "en",
    ),
    Passage(
        "delivery", "Delivery", "Parcels leave our store on the same day. Delivery takes 2 to 4 days. We ship to Canada.", "en"
    ),
    Passage("password", "Sign-in", "Choose “Forgot password” on the page. A mail with a link arrives at once.", "en"),
    Passage("garantie", "Garantie", "La garantie dure deux ans. Gardez la facture pour la faire valoir.", "fr"),
)


@pytest.fixture(scope="module")
def index(embedders: Embedders) -> Index:
    return Index(PASSAGES, embedders)


def test_bm25_scores_as_its_formula_says() -> None:
    store = bm25.MemoryStore([["card", "card", "lost"], ["card"], ["fee"]])
    idf = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    mean = 5 / 3
    first = idf * 2 * 2.5 / (2 + 1.5 * (0.25 + 0.75 * 3 / mean))
    second = idf * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 1 / mean))
    assert bm25.score(["card"], store) == {0: pytest.approx(first), 1: pytest.approx(second)}
    assert bm25.score(["nothing"], store) == {}


def test_scores_are_stretched_before_they_are_added() -> None:
    fused = fuse(np.array([0, 5, 10], dtype=np.float32), np.array([0.9, 0.5, 0.1], dtype=np.float32))
    np.testing.assert_allclose(fused, [0.7, 0.15 + 0.35, 0.3], atol=1e-6)
    assert fuse(np.ones(2, dtype=np.float32), np.ones(2, dtype=np.float32)).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("question", "language", "source"),
    [
        ("How many days do I have to return goods?", "en", "refunds"),
        ("I can't get into my account", "en", "password"),
        ("Wie lange dauert die Lieferung?", "de", "delivery"),
        ("Combien de temps dure la garantie ?", "fr", "garantie"),
    ],
)
def test_the_right_passage_comes_first(index: Index, question: str, language: str, source: str) -> None:
    found = index.search(question, language)
    assert found.hits[0].passage.id == source
    assert found.evidence is not None


def test_evidence_is_weaker_without_the_article(index: Index) -> None:
    gate = EvidenceGate.default()
    part = index.part("en")
    question = "How many days does delivery take?"
    with_it, without = (
        part.search(question, "en", limit=1, without=left).evidence for left in (frozenset[int](), frozenset({1}))
    )
    assert with_it is not None
    assert without is not None
    assert gate.chance(with_it) > 0.5 > gate.chance(without)
    assert gate.allows(with_it)
    assert not gate.allows(without)


def test_an_empty_index_finds_nothing(light: LightEmbedders) -> None:
    found = Index([], light).search("anything", "en")
    assert found.hits == ()
    assert found.evidence is None


def test_a_gate_learns_from_searches(index: Index) -> None:
    good = [found for question in ("refund price days", "delivery to Canada") if (found := index.search(question, "en").evidence)]
    bad = [
        found
        for question in ("opening hours of the museum", "a recipe for soup")
        if (found := index.search(question, "en").evidence)
    ]
    gate = EvidenceGate.fit((good, bad))
    assert min(map(gate.chance, good)) > 0.5 > max(map(gate.chance, bad))


def test_quotes_are_word_for_word_and_name_their_source(index: Index) -> None:
    question = "When do I get my money back?"
    hit = index.search(question, "en").hits[0]
    quotes = extract(question, hit, language="en", most=2)
    assert 1 <= len(quotes) <= 2
    assert any("refund the price in 5 days" in quote.text for quote in quotes)
    for quote in quotes:
        assert quote.source == "refunds"
        assert PASSAGES[0].text[quote.start : quote.end] == quote.text


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_sentences_lie_in_their_text_in_order(text: str) -> None:
    last = 0
    for sentence in split(text):
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        assert sentence.start >= last
        last = sentence.end
    kept = "".join(sentence.text for sentence in split(text))
    assert [c for c in kept if c.isalnum()] == [c for c in text if c.isalnum()]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Dr. Smith paid 3.50 euros. He left.", 2),
        ("Write to us, e.g. by mail. We answer!", 2),
        ("First line\n\nSecond one", 2),
        ("- one\n- two\n- three", 3),
        ("返品は30日以内です。返金します。", 2),
        ("", 0),
    ],
)
def test_sentences_end_where_they_end(text: str, count: int) -> None:
    assert len(split(text)) == count


def test_the_last_three_turns_are_the_query() -> None:
    assert query_of(["one", "two", " ", "my order", "when?"]) == "my order\nwhen?"
    assert query_of([]) == ""
    assert len(query_of(["x" * 5_000])) == 2_000
