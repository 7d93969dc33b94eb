"""One baseline: what was measured today, of the very same, is not asked again; what may be another answer now is."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from ai.models import Change, Evaluation, EvaluationResult, GoldenCase, Provider, Switch
from ai.purposes import Purpose
from ai.selectors.evaluation import comparison_of, taken_over
from ai.services.golden import Wanted, change_case
from ai.services.settings import save_inbox_ai, save_settings
from ai.services.submitting import change_inbox, change_settings
from ai.services.switches import switch_off
from core.audit import Actor
from core.tenancy import scope
from tests.ai.evaluating.measuring import REFUND, Shop
from tests.ai.evaluating.test_golden import from_rosa
from tests.ai.evaluating.test_with_a_provider import by_model
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, fails
from tests.factories import make_inbox

SYSTEM = Actor.system()


def changed(shop: Shop, topic: str = "medicine") -> Evaluation:
    """The measurement of a change that does no harm."""
    with scope(shop.workspace.pk):
        change = change_settings({"forbidden_topics": [topic]}, by=shop.author)
        assert change is not None
    shop.works()
    with scope(shop.workspace.pk):
        return Evaluation.objects.filter(change=change).latest("id")


def taken(shop: Shop, evaluation: Evaluation) -> int:
    with scope(shop.workspace.pk):
        return taken_over(evaluation)[0]


def test_change_takes_over_what_was_measured_and_says_when(shop: Shop) -> None:
    refund, *_others = shop.knows_usual()
    measured = shop.measured()
    evaluation = changed(shop)
    with scope(shop.workspace.pk):
        earlier = shop.result(measured, refund)
        assert taken_over(evaluation)[0] == 4
        assert measured.created_at < taken_over(evaluation)[1] < evaluation.created_at  # type: ignore[operator]  # there is one
        as_it_is = EvaluationResult.objects.get(evaluation=evaluation, case=refund, is_changed=False)
        assert (as_it_is.answer, as_it_is.sources, as_it_is.asked_at) == (earlier.answer, earlier.sources, earlier.asked_at)
        assert "5 to 7 business days" in as_it_is.answer
        assert (comparison_of(evaluation).paired, evaluation.state) == (4, "done")
        assert Change.objects.get().state == "published"


def test_measuring_everything_asks_everything(shop: Shop) -> None:
    shop.knows_usual()
    shop.measured()
    assert taken(shop, shop.measured()) == 0


def test_provider_is_asked_for_the_changed_side_alone(shop: Shop, server: Scripted) -> None:
    server.default = by_model
    set_up(shop.workspace, server)
    shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    asked = len(server.calls)
    assert taken(shop, changed(shop)) == 1
    assert len(server.calls) == asked + 1


def edits(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    article = [shop.articles["Returns and refunds"]]
    change_case(case, Wanted(REFUND, "en", must_say=["5 to 7 business days"], articles=article), by=shop.author)


def changes_settings(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    save_settings({"persona": "We sell bowls."}, actor=SYSTEM)


def moves_the_provider(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    provider = Provider.objects.get()
    provider.base_url = f"{server.url}/"
    provider.save(update_fields=["base_url"])


def keeps_the_provider_out(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    for purpose in (Purpose.ANSWER, Purpose.SUGGEST):
        switch_off(Switch.Level.WORKSPACE, None, purpose, actor=SYSTEM)


def was_not_heard(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    EvaluationResult.objects.update(reason=f"{EvaluationResult.UNHEARD}timeout")


def was_stopped(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    Evaluation.objects.update(state="stopped")


def answers_elsewhere(shop: Shop, case: GoldenCase, server: Scripted) -> None:
    Evaluation.objects.update(inbox=make_inbox(name="Another one"))


@pytest.mark.parametrize(
    "happens",
    [edits, changes_settings, moves_the_provider, keeps_the_provider_out, was_not_heard, was_stopped, answers_elsewhere],
)
def test_what_may_be_another_answer_now_is_asked_again(
    shop: Shop, server: Scripted, happens: Callable[[Shop, GoldenCase, Scripted], None]
) -> None:
    server.default = by_model
    set_up(shop.workspace, server)
    case = shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    with scope(shop.workspace.pk):
        happens(shop, case, server)
    assert taken(shop, changed(shop)) == 0


def test_what_is_older_than_a_day_is_asked_again_however_often_it_was_taken_over(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=True):
        with scope(shop.workspace.pk):
            assert change_settings({"forbidden_topics": ["refund"]}, by=shop.author) is not None
        shop.works()
        with scope(shop.workspace.pk):
            held = Change.objects.get()
            assert (held.state, taken_over(held.evaluations.get())[0]) == ("held", 1)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=True):
        assert taken(shop, changed(shop)) == 0


def test_customer_for_whom_ai_is_off_meanwhile_is_left_out(shop: Shop) -> None:
    shop.knows(REFUND, "Returns and refunds")
    with scope(shop.workspace.pk):
        case = from_rosa(shop)
    shop.measured()
    with scope(shop.workspace.pk):
        assert case.conversation is not None
        switch_off(Switch.Level.CONTACT, case.conversation.contact, reason=Switch.Reason.OBJECTION, actor=SYSTEM)
    evaluation = changed(shop)
    with scope(shop.workspace.pk):
        rows = EvaluationResult.objects.filter(evaluation=evaluation, case=case)
        assert {(one.outcome, one.answer, one.asked_at) for one in rows} == {("skipped", "", None)}
    assert taken(shop, evaluation) == 1


def test_another_inbox_has_a_baseline_of_its_own(shop: Shop, server: Scripted) -> None:
    server.default = by_model
    set_up(shop.workspace, server)
    shop.knows(REFUND, "Returns and refunds")
    with scope(shop.workspace.pk):
        other = make_inbox(name="Another one")
        save_inbox_ai(other, {"mode": "auto", "stage": "all"}, actor=SYSTEM)
    shop.measured()
    with scope(shop.workspace.pk):
        measured_in = Evaluation.objects.get().inbox_id
        assert measured_in in {shop.inbox.pk, other.pk}
        mine, others = sorted((shop.inbox, other), key=lambda one: one.pk != measured_in)
    for inbox, count in ((others, 0), (mine, 1)):
        with scope(shop.workspace.pk):
            change = change_inbox(inbox, {"persona": "We sell bowls."}, by=shop.author)
            assert change is not None
        assert change.kind == "inbox"
        shop.works()
        with scope(shop.workspace.pk):
            evaluation = Evaluation.objects.filter(change=change).earliest("id")
        assert taken(shop, evaluation) == count
        with scope(shop.workspace.pk):
            save_inbox_ai(inbox, {"persona": ""}, actor=SYSTEM)


def test_what_was_measured_while_things_changed_is_nobodys_baseline(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.knows(REFUND, "Returns and refunds")
    from ai.services import evaluating

    honest = evaluating._thought

    def changes_meanwhile(*given: object) -> object:
        with scope(shop.workspace.pk):
            save_settings({"persona": "We sell bowls."}, actor=SYSTEM)
        return honest(*given)  # type: ignore[arg-type]  # the very arguments

    monkeypatch.setattr(evaluating, "_thought", changes_meanwhile)
    shop.measured()
    monkeypatch.setattr(evaluating, "_thought", honest)
    with scope(shop.workspace.pk):
        save_settings({"persona": ""}, actor=SYSTEM)
    assert taken(shop, changed(shop)) == 0


def test_change_is_held_for_a_provider_that_fails_only_on_the_changed_side(shop: Shop, server: Scripted) -> None:
    server.default = by_model
    set_up(shop.workspace, server)
    shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    server.default = fails(400, "no such thing")
    evaluation = changed(shop)
    assert taken(shop, evaluation) == 1
    with scope(shop.workspace.pk):
        assert Change.objects.get().why == "model"
