"""The evidence gate on short questions to small help centres, half of which have no answer there; and how it was fitted."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from ai.engine.embedders import Embedders
from ai.engine.retrieval import Evidence, EvidenceGate
from ai.evaluation import measures
from ai.evaluation.datasets import Question, read_questions
from ai.learning.judging import calibration_error
from ai.services.thinking import ENGLISH, OTHERS
from tests.ai.small_centres.searching import CENTRES, Searched, public, searches

needs_data = pytest.mark.skipif(not os.environ.get("CHATZEE_AI_DATA"), reason="CHATZEE_AI_DATA names no folder with clapnq/")
type Judged = list[tuple[Searched, float]]


@pytest.fixture(scope="module")
def searched(embedders: Embedders) -> dict[bool, list[Searched]]:
    """By whether the questions are English."""
    return {is_english: list(searches(embedders, is_english=is_english)) for is_english in (True, False)}


def gate_of(*, is_english: bool) -> EvidenceGate:
    return EvidenceGate.default() if is_english else EvidenceGate.multilingual()


def sides(rows: Sequence[Searched]) -> tuple[list[Evidence], list[Evidence]]:
    """What is right, and what must not be answered."""
    right = [one.evidence for one in rows if one.is_right and not one.is_removed]
    return right, [one.evidence for one in rows if one.is_removed or not one.is_right]


def judge(gate: EvidenceGate, rows: Sequence[Searched]) -> Judged:
    return [(one, gate.chance(one.evidence)) for one in rows if not one.is_removed]


class Outcome(NamedTuple):
    """How many have an answer, how many are answered, and how many of these with the passage that answers."""

    answerable: int
    given: int
    right: int

    @property
    def answered(self) -> float:
        return self.right / self.answerable

    @property
    def wrong(self) -> float:
        return 1 - self.right / self.given


def outcome(judged: Judged, bound: float) -> Outcome:
    given = [one for one, chance in judged if chance >= bound]
    return Outcome(sum(bool(one.asked.article) for one, _chance in judged), len(given), sum(one.is_right for one in given))


def total(outcomes: Sequence[Outcome]) -> Outcome:
    return Outcome(*map(sum, zip(*outcomes, strict=True)))


def test_half_of_the_questions_have_an_answer(searched: dict[bool, list[Searched]]) -> None:
    asked = [bool(one.asked.article) for rows in searched.values() for one in rows if not one.is_removed]
    assert len(asked) >= 240
    assert abs(sum(asked) / len(asked) - 0.5) < 0.02


@pytest.mark.parametrize("is_english", [True, False])
def test_the_right_article_comes_first(searched: dict[bool, list[Searched]], *, is_english: bool) -> None:
    answerable = [one for one in searched[is_english] if one.asked.article and not one.is_removed]
    assert sum(one.is_right for one in answerable) / len(answerable) >= (0.9 if is_english else 0.86)


def test_most_short_questions_are_answered_and_few_wrongly(searched: dict[bool, list[Searched]]) -> None:
    found = [outcome(judge(gate_of(is_english=one), searched[one]), (ENGLISH if one else OTHERS).alone) for one in (True, False)]
    assert total(found).answered >= 0.6
    assert total(found).wrong <= 0.08


def test_a_question_in_other_words_than_the_article_is_answered(searched: dict[bool, list[Searched]]) -> None:
    gate = EvidenceGate.default()
    chances = {one.asked.text: gate.chance(one.evidence) for one in searched[True] if not one.is_removed}
    assert chances["How long does delivery take?"] >= ENGLISH.alone > ENGLISH.least > chances["Do you ship to Japan?"]


@pytest.mark.parametrize("is_english", [True, False])
def test_evidence_promises_what_it_holds(searched: dict[bool, list[Searched]], *, is_english: bool) -> None:
    """So it is shown in percent beside a suggestion."""
    judged = judge(gate_of(is_english=is_english), searched[is_english])
    chances, is_right = np.array([chance for _one, chance in judged]), np.array([one.is_right for one, _chance in judged])
    assert calibration_error(chances, is_right) <= 0.13


@needs_data
@pytest.mark.drill
def test_the_gates_hold_for_centres_that_they_were_not_fitted_on(
    searched: dict[bool, list[Searched]], embedders: Embedders
) -> None:
    folder = Path(os.environ["CHATZEE_AI_DATA"]) / "clapnq"
    questions = [one for file in sorted(folder.glob("dev_*.jsonl")) for one in read_questions(file)]
    found = [_elsewhere(questions, searched[one], embedders, is_english=one) for one in (True, False)]
    assert total(found).answered >= 0.6
    assert total(found).wrong <= 0.08


def _elsewhere(questions: Sequence[Question], rows: Sequence[Searched], embedders: Embedders, *, is_english: bool) -> Outcome:
    """Each centre judged by a gate fitted without it; the engine's own is the one fitted with all."""
    known, own = public(questions, embedders, is_english=is_english), gate_of(is_english=is_english)
    fitted = EvidenceGate.fit(known, sides(rows))
    assert own.weights == pytest.approx(fitted.weights, abs=0.01)
    assert own.bias == pytest.approx(fitted.bias, abs=0.01)
    judged: Judged = []
    for centre in CENTRES:
        gate = EvidenceGate.fit(known, sides([one for one in rows if one.asked.centre != centre]))
        judged += judge(gate, [one for one in rows if one.asked.centre == centre])
    sureness = [[chance for one, chance in judged if bool(one.asked.article) is side] for side in (True, False)]
    assert measures.auroc(*sureness) >= 0.88
    return outcome(judged, (ENGLISH if is_english else OTHERS).alone)
