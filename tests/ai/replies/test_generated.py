"""Answers that a provider's model writes: what passes the guard goes out, everything else falls back to quotes."""

import json
from collections.abc import Callable

import pytest

from ai.models import Proposal, Use
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, fails, says
from tests.ai.replies.desk import Desk

REFUND = "How long does a refund take?"
QUOTE = "Refunds arrive on your card within 5 to 7 business days after we have received the parcel."
GOOD = "Your refund arrives on your card within 5 to 7 business days after we have received the parcel."


@pytest.fixture
def model(desk: Desk, server: Scripted) -> Scripted:
    set_up(desk.workspace, server)
    return server


def drafted(*texts: str, source: int = 0, can_answer: bool = True) -> Callable[..., None]:
    return says(json.dumps({"can_answer": can_answer, "sentences": [{"text": text, "source": source} for text in texts]}))


def answer(desk: Desk, question: str = REFUND) -> tuple[Proposal, str]:
    """What was kept, and what the customer read after the introduction."""
    conversation = desk.writes(question)
    (proposal,) = desk.proposals(conversation)
    said = desk.said(conversation)
    return proposal, said[0] if said else ""


def test_a_sound_sentence_goes_out_as_it_was_written(desk: Desk, model: Scripted) -> None:
    model.replies = [drafted(GOOD)]
    proposal, said = answer(desk)
    assert (proposal.state, proposal.steps, proposal.model) == ("sent", ["found", "generated"], "small")
    assert (proposal.text, proposal.checks[0]["reasons"], proposal.facts["is_generated"]) == (GOOD, [], True)
    assert GOOD in said
    assert proposal.sources[0]["title"] == "Returns and refunds"
    # The question and the articles were quoted as data, and the account was kept.
    (call,) = model.calls
    assert REFUND in call["messages"][-1]["content"]
    with scope(desk.workspace.pk):
        assert Use.objects.filter(outcome="ok", task="answer", provider__isnull=False).count() == 1


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace("5 to 7", "2 to 3"),
        GOOD.replace("arrives", "never arrives"),
        "Refunds are paid by Acme Finance in Geneva within 5 to 7 business days.",
        "We will also send you a voucher and a handwritten apology from our founder.",
        f"{GOOD} See https://evil.example/refund",
    ],
    ids=["number", "negation", "name", "coverage", "link"],
)
def test_what_the_source_does_not_say_is_stopped_and_the_quote_goes_out(desk: Desk, model: Scripted, text: str) -> None:
    model.replies = [drafted(text)]
    proposal, said = answer(desk)
    assert (proposal.state, proposal.steps) == ("sent", ["found", "guard_stopped", "quoted"])
    assert QUOTE in proposal.text
    assert QUOTE in said
    assert text not in said
    assert (proposal.model, proposal.facts["is_generated"]) == ("extract", False)


def test_one_faulty_sentence_withholds_the_good_ones_too(desk: Desk, model: Scripted) -> None:
    model.replies = [drafted(GOOD, "It takes 90 days.")]
    proposal, said = answer(desk)
    assert proposal.steps == ["found", "guard_stopped", "quoted"]
    assert "90" not in said


def test_a_source_that_was_not_given_is_none(desk: Desk, model: Scripted) -> None:
    model.replies = [drafted(GOOD, source=99)]
    assert answer(desk)[0].steps == ["found", "guard_stopped", "quoted"]


@pytest.mark.parametrize(
    ("reply", "step"),
    [
        (drafted(can_answer=False), "declined"),
        (says("I would rather chat."), "provider_malformed"),
        (fails(500), "provider_down"),
        (fails(401), "provider_key"),
    ],
    ids=["declined", "no json", "server error", "key refused"],
)
def test_a_model_that_does_not_answer_leaves_it_to_the_quotes(
    desk: Desk, model: Scripted, reply: Callable[..., None], step: str
) -> None:
    model.default = reply
    proposal, said = answer(desk)
    assert (proposal.state, proposal.steps) == ("sent", ["found", step, "quoted"])
    assert QUOTE in said


def test_a_spent_budget_asks_nobody_and_quotes(desk: Desk, model: Scripted) -> None:
    desk.configure(budget_micros=1)
    proposal, said = answer(desk)
    assert (proposal.steps, model.calls) == (["found", "budget", "quoted"], [])
    assert QUOTE in said


ITALIAN = "Qual è l'orario di apertura del vostro studio a Lisbona?"
HOURS = "Our studio in Lisbon is open from Tuesday to Saturday, 10:00 to 18:00."
TRANSLATED = "Il nostro studio a Lisbona è aperto da martedì a sabato, dalle 10:00 alle 18:00."


def test_a_source_in_another_language_is_translated_with_its_figures(desk: Desk, model: Scripted) -> None:
    model.replies = [drafted(HOURS), says(TRANSLATED)]
    proposal, _said = answer(desk, ITALIAN)
    assert (proposal.language, proposal.text) == ("it", TRANSLATED)
    assert "generated" in proposal.steps
    assert len(model.calls) == 2


def test_a_translation_with_other_figures_goes_to_people(desk: Desk, model: Scripted) -> None:
    model.replies = [drafted(HOURS), says(TRANSLATED.replace("18:00", "20:00"))]
    conversation = desk.writes(ITALIAN)
    assert desk.handed_over(conversation) == ["guard"]
    assert not any("20:00" in text for text in desk.said(conversation))


def test_without_a_provider_a_source_in_another_language_goes_to_people(desk: Desk) -> None:
    assert desk.handed_over(desk.writes(ITALIAN)) == ["language"]
