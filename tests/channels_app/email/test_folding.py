"""Quotes and signatures are found, never lost, in a time that no mail can stretch."""

import time

import pytest
from hypothesis import given, settings, strategies as st

from channels_app.adapters.email.folding import folds_of


def shown(text: str) -> str:
    """What stays open."""
    kept, place = "", 0
    for fold in folds_of(text):
        kept += text[place : fold.start]
        place = fold.end
    return (kept + text[place:]).strip()


@pytest.mark.parametrize(
    "quote",
    [
        "On 20 Nov 2026, at 11:00, Zoë <zoe@x.example> wrote:\n> Hi\n> there",
        "Em sex., 20 de nov. de 2026 às 11:00, Zoë <zoe@x.example> escreveu:\n> Oi\n> ali",
        "El vie, 20 nov 2026 a las 11:00, Zoë (<zoe@x.example>) escribió:\n> Hola\n> x",
        "Le ven. 20 nov. 2026 à 11:00, Zoë <zoe@x.example> a écrit :\n> Salut\n> x",
        "20.11.2026 11:00 пользователь Zoë\n<zoe@x.example> написал:\n\n> x",
        "-----Original Message-----\nFrom: Zoë\nSent: Friday\nSubject: x\n\nHi",
        "________________________________\nFrom: Zoë <zoe@x.example>\nSent: Friday\nTo: Shop\nSubject: x\n\nHi",
        "De: Zoë <zoe@x.example>\nEnviado: sexta-feira\nPara: Loja\nAssunto: x\n\nOi",
        "De : Zoë <zoe@x.example>\nEnvoyé : vendredi\nÀ : Boutique\nObjet : x\n\nSalut",
        "> only marks\n> no words",
    ],
)
def test_quote_below_an_answer_is_folded(quote: str) -> None:
    assert shown(f"Yes, please.\n\n{quote}") == "Yes, please."


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nZoë\nShop",
        "--\nZoë",
        "Sent from my iPhone",
        "Enviado do meu iPhone",
        "Enviado desde mi iPhone",
        "Envoyé de mon iPhone",
    ],
)
def test_signature_is_folded(signature: str) -> None:
    assert shown(f"Yes, please.\n\n{signature}") == "Yes, please."
    assert shown(f"Yes.\n\n{signature}\n\nOn 20 Nov 2026 Zoë <z@x.example> wrote:\n> Hi") == "Yes."


def test_answers_between_quoted_lines_stay_open() -> None:
    text = "On 20 Nov 2026 Zoë <z@x.example> wrote:\n> one\n> two\n> three\n> four\nMy answer\n> five\nAnother"
    assert shown(text) == "My answer\n> five\nAnother"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hello",
        "> only a quote\n> nothing else",
        "On 20 Nov Zoë wrote:\n> x",
        "From: here\nto there",
        "a -- b",
        "Price: 5\n- 1\n- 2",
        "-- \nZoë",
    ],
)
def test_text_that_would_vanish_or_only_looks_quoted_stays(text: str) -> None:
    assert folds_of(text) == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    lines=st.lists(
        st.sampled_from(["", "> x", "On 1 a@b wrote:", "-- ", "text", "From: x", "To: y", "Subject: z", "Sent from my x"])
    )
)
def test_folds_are_apart_and_in_order(lines: list[str]) -> None:
    text = "\n".join(lines)
    place = 0
    for fold in folds_of(text):
        assert place <= fold.start < fold.end <= len(text)
        place = fold.end
    if text.strip():
        assert shown(text)


@pytest.mark.parametrize(
    "piece",
    [
        "\n",
        " ",
        "On ",
        "Am 1.1 schrieb ",
        "2020/1/1 <@",
        ">",
        "> a\n",
        "_",
        "-----",
        "From: a\n",
        "Sent from my ",
        "\t\xa0 ",
        "-- \n",
    ],
)
def test_no_text_takes_long(piece: str) -> None:
    began = time.perf_counter()
    folds_of(piece * (200_000 // len(piece)))
    assert time.perf_counter() - began < 10
