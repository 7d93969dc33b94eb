"""Measuring: what counts as right, wrong and left; without its article nothing is answerable; killed and stopped on the way."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from ai.models import Evaluation, EvaluationResult, GoldenCase, Switch
from ai.selectors.evaluation import false_answers
from ai.services import evaluating
from ai.services.changes import evaluate
from ai.services.evaluating import lost_evaluations, start_evaluation
from ai.services.switches import switch_off
from core.audit import Actor
from core.tenancy import scope
from tests.ai.evaluating.measuring import BICYCLE, REFUND, SHIPPING, Shop


def test_questions_are_right_wrong_or_left(shop: Shop) -> None:
    right = shop.knows(REFUND, "Returns and refunds", must_say=["5 to 7  BUSINESS days"])
    elsewhere = shop.knows(SHIPPING, "Opening hours of the studio")
    words = shop.knows("When will I get my money back?", "Returns and refunds", must_say=["within 3 days"])
    person, answered = shop.knows(BICYCLE), shop.knows("How long does a refund take to arrive?")
    evaluation = shop.measured()
    outcomes = [shop.result(evaluation, one).outcome for one in (right, elsewhere, person, answered)]
    assert outcomes == ["right", "wrong", "left", "wrong"]
    assert shop.result(evaluation, words).outcome in {"wrong", "missed"}
    figures = evaluation.figures
    assert (figures["asked"], figures["right"], figures["left"]) == (5, 1, 1)
    assert figures["left_out"]["asked"] == 3
    assert evaluation.total == evaluation.done == 5 + 3 + 2 * figures["own"]["asked"]


def test_without_its_article_a_question_is_left_and_what_is_still_answered_is_told(shop: Shop) -> None:
    refund = shop.knows(REFUND, "Returns and refunds")
    shipping = shop.knows(SHIPPING, "Opening hours of the studio")
    evaluation = shop.measured()
    assert shop.result(evaluation, refund, "left_out").outcome == "left"
    assert shop.result(evaluation, shipping, "left_out").outcome == "wrong"
    assert evaluation.figures["left_out"] == {"asked": 2, "answered": 1}
    with scope(shop.workspace.pk):
        told = false_answers(evaluation)
        assert shipping.pk in {one.case_id for one in told}
        assert refund.pk not in {one.case_id for one in told}


def test_articles_are_measured_by_their_own_titles_from_the_first_one_on(shop: Shop) -> None:
    evaluation = shop.measured()
    assert evaluation.figures["asked"] == 0
    assert evaluation.figures["own"] | {"answered": 0} == {"asked": 3, "found": 3, "answered": 0}
    assert evaluation.figures["own_left_out"]["asked"] == 3
    assert evaluation.figures["curve"]["questions"] >= 3


def test_measurement_goes_on_where_a_killed_process_stopped(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        evaluation = start_evaluation(by=shop.author)
    asked: list[str] = []
    honest = evaluating._thought

    def dies_at_the_third(opened: object, step: evaluating.Step, *rest: object) -> object:
        asked.append(step.question)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return honest(opened, step, *rest)  # type: ignore[arg-type]  # the very arguments

    with patch.object(evaluating, "_thought", dies_at_the_third):
        with pytest.raises(KeyboardInterrupt):
            evaluate(shop.workspace.pk, evaluation.pk)
        with scope(shop.workspace.pk):
            assert EvaluationResult.objects.filter(evaluation=evaluation).count() == 2
        assert (shop.workspace.pk, evaluation.pk) not in lost_evaluations()
        with scope(shop.workspace.pk):
            long_ago = timezone.now() - timedelta(minutes=5)
            Evaluation.objects.filter(pk=evaluation.pk).update(created_at=long_ago, leased_until=long_ago)
        assert (shop.workspace.pk, evaluation.pk) in lost_evaluations()
        evaluate(shop.workspace.pk, evaluation.pk)
    with scope(shop.workspace.pk):
        ended = Evaluation.objects.get(pk=evaluation.pk)
        assert ended.state == "done"
        assert EvaluationResult.objects.filter(evaluation=evaluation).count() == ended.total
        assert len(asked) == ended.total + 1


def test_switch_stops_a_measurement_at_its_next_question(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        evaluation = start_evaluation(by=shop.author)
    honest = evaluating._thought

    def off_after_the_first(opened: object, step: evaluating.Step, *rest: object) -> object:
        found = honest(opened, step, *rest)  # type: ignore[arg-type]  # the very arguments
        with scope(shop.workspace.pk):
            switch_off(Switch.Level.WORKSPACE, None, actor=Actor.system())
        return found

    with patch.object(evaluating, "_thought", off_after_the_first):
        evaluate(shop.workspace.pk, evaluation.pk)
    with scope(shop.workspace.pk):
        ended = Evaluation.objects.get(pk=evaluation.pk)
        assert (ended.state, ended.error) == ("stopped", "workspace")
        assert EvaluationResult.objects.filter(evaluation=evaluation).count() == 1


def test_long_measurement_lets_others_in_and_goes_on(shop: Shop) -> None:
    shop.knows_usual()
    with scope(shop.workspace.pk):
        evaluation = start_evaluation(by=shop.author)
    with patch.object(evaluating, "TURN", -1.0):
        evaluate(shop.workspace.pk, evaluation.pk)
    with scope(shop.workspace.pk):
        assert Evaluation.objects.get().state == "running"
    with evaluating._alone:
        evaluate(shop.workspace.pk, evaluation.pk)
    with scope(shop.workspace.pk):
        assert Evaluation.objects.get().done == 0
    shop.works()
    with scope(shop.workspace.pk):
        assert Evaluation.objects.get().state == "done"


def test_two_at_once_are_one_and_others_see_nothing_of_it(shop: Shop) -> None:
    from tests.factories import make_workspace

    with scope(shop.workspace.pk):
        first, second = start_evaluation(by=shop.author), start_evaluation(by=shop.author)
        assert first.pk == second.pk
    evaluate(make_workspace("Other").pk, first.pk)
    with scope(shop.workspace.pk):
        assert Evaluation.objects.get().state == "waiting"
        assert GoldenCase.objects.count() == 0
