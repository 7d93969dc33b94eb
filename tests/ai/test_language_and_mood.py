"""Languages and moods of single messages."""

import sys

import pytest

from ai.engine import language, sentiment
from ai.engine.language import DEFAULT_LANGUAGES, SURE, Language, detect, most_common, normalise_code, take


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my order? It should be here by now.", "en"),
        ("Onde está a minha encomenda? Já devia ter chegado.", "pt"),
        ("¿Dónde está mi pedido? Ya debería haber llegado.", "es"),
        ("Où est ma commande ? Elle devrait déjà être là.", "fr"),
        ("Wo ist meine Bestellung? Sie sollte längst da sein.", "de"),
        ("Где мой заказ? Он уже должен был прийти.", "ru"),
        ("我的订单在哪里？应该已经到了。", "zh"),
        ("注文はどこですか？もう届いているはずです。", "ja"),
        ("أين طلبي؟ كان يجب أن يصل الآن.", "ar"),
    ],
)
def test_sentences_are_told_apart(text: str, code: str) -> None:
    assert detect(text).code == code


def test_a_short_message_is_in_the_language_of_its_conversation() -> None:
    assert detect("ok thx", earlier="pt") == Language("pt", 0.0, is_assumed=True)
    assert detect("Where is my order now please", earlier="pt").code == "en"
    assert detect("我的订单在哪里？", earlier="en").code == "zh"


OWN = ("en", "pt", "es", "fr")


@pytest.mark.parametrize(
    ("text", "own", "hinted", "code", "is_sure"),
    [
        ("Refund?", OWN, (), "en", False),
        ("Refund?", ("pt", "en", "es", "fr"), (), "pt", False),
        ("Hello", ("pt", "en"), ("en",), "en", True),
        ("agent", ("fr", "en"), ("en", "fr"), "fr", False),
        ("Hola", ("en",), ("es",), "es", True),
        ("devolver produto", OWN, (), "pt", False),
        ("Gibt es Versand?", OWN, (), "de", True),
        ("转人工", ("en",), (), "zh", True),
        ("привет", ("en",), (), "ru", False),
        ("Where is my order now please", ("pt",), (), "en", True),
    ],
)
def test_first_words_of_a_stranger_are_taken_for_a_language_that_they_may_be_in(
    text: str, own: tuple[str, ...], hinted: tuple[str, ...], code: str, is_sure: bool
) -> None:
    found = take(text, among=DEFAULT_LANGUAGES, own=own, hinted=hinted)
    assert (found.code, found.confidence >= SURE) == (code, is_sure)


@pytest.mark.parametrize("text", ["", "   ", "12345", "👍", "?!"])
def test_a_message_without_letters_is_in_no_language_of_its_own(text: str) -> None:
    assert detect(text) == Language("en", 0.0)
    assert detect(text, earlier="fr") == Language("fr", 0.0, is_assumed=True)


def test_only_expected_languages_are_found() -> None:
    assert detect("Onde está a minha encomenda agora?", among={"es", "fr"}).code == "es"
    assert detect("Onde está a minha encomenda agora?", among={"xx"}).code == "en"


def test_codes_of_many_kinds_are_one() -> None:
    assert [normalise_code(code) for code in ("pt-BR", "por", " EN ", "zh_Hans", "nob", "iw", "xx")] == [
        "pt", "pt", "en", "zh", "no", "he", "xx",
    ]  # fmt: skip
    assert most_common(["Where is my order now?", "I want my money back", "Quero o meu dinheiro de volta"]) == "en"
    assert most_common([]) == "en"


def test_languages_cannot_be_told_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py3langid.langid", None)
    for kept in (language._load, language._identifier):
        kept.cache_clear()
    try:
        assert detect("Onde está a minha encomenda?").code == "en"
        assert language.known_languages() == frozenset()
    finally:
        for kept in (language._load, language._identifier):
            kept.cache_clear()


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("I love it, thank you so much!", "positive"),
        ("This is terrible and I am very angry", "negative"),
        ("My parcel is at the door", "neutral"),
        ("", "neutral"),
    ],
)
def test_moods_are_read_from_words(text: str, mood: str) -> None:
    found = sentiment.score(text)
    assert found.mood == mood
    assert found.as_features().shape == (4,)
    assert -1 <= found.compound <= 1
