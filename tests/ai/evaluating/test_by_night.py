"""By night: whoever has something new is measured once, within the budget, and told where answers got worse."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.models import Membership
from accounts.services.workspaces import change_workspace
from ai.models import AiSettings, Evaluation, EvaluationResult, ProviderModel, Spend, Switch
from ai.purposes import Purpose
from ai.services import nightly
from ai.services.alerts import note_worse, tell_worse
from ai.services.evaluating import start_evaluation
from ai.services.nightly import NIGHT, bill, is_due, sweep
from ai.services.settings import save_settings
from ai.services.spending import current_spend
from ai.services.switches import switch_off, switch_on
from core.audit import Actor
from core.audit.models import AuditEntry
from core.tenancy import scope
from knowledge.models import Article
from knowledge.services.articles import create_article, publish_article
from tests.ai.evaluating.measuring import REFUND, Shop
from tests.ai.evaluating.test_with_a_provider import by_model
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Scripted, fails
from tests.factories import make_workspace

SYSTEM = Actor.system()


def night_of(shop: Shop, *, days: int = 1, hours: int = 0) -> time_machine.travel:
    """In the workspace's hour of a night to come, in its zone, which is UTC."""
    hour = NIGHT[shop.workspace.pk.int % len(NIGHT)]
    at = (timezone.now() + timedelta(days=days)).replace(hour=hour, minute=30) + timedelta(hours=hours)
    return time_machine.travel(at, tick=True)


def nights(shop: Shop) -> int:
    with scope(shop.workspace.pk):
        return Evaluation.objects.filter(is_nightly=True).count()


def due(shop: Shop) -> bool:
    with scope(shop.workspace.pk):
        return is_due()


def publishes(shop: Shop, title: str = "Gift cards") -> Article:
    """Something that answers depend on changes."""
    with scope(shop.workspace.pk):
        return publish_article(
            create_article(language="en", by=shop.author, title=title, body="<p>They never end.</p>"), by=shop.author
        )


def budget(shop: Shop, micros: int) -> None:
    with scope(shop.workspace.pk):
        save_settings({"budget_micros": micros}, actor=SYSTEM)


@pytest.fixture
def provided(shop: Shop, server: Scripted) -> Shop:
    """The shop with a provider that writes, whose cost has been measured."""
    server.default = by_model
    set_up(shop.workspace, server)
    shop.knows(REFUND, "Returns and refunds")
    shop.measured()
    shop.knows("When will my refund arrive?", "Returns and refunds")
    return shop


def cost(shop: Shop) -> int:
    with scope(shop.workspace.pk):
        found = bill().micros
    assert found
    return found


def test_it_is_measured_once_in_its_own_hour_of_the_night(shop: Shop) -> None:
    make_workspace("With nothing to measure")
    with night_of(shop, hours=-1):
        assert sweep() == 0
    with night_of(shop):
        assert sweep() == 1
        shop.works()
        publishes(shop)
        assert due(shop)
        assert sweep() == 0
    with scope(shop.workspace.pk):
        found = Evaluation.objects.get()
        assert (found.state, found.is_nightly, found.user_id) == ("done", True, None)
    with night_of(shop, days=2):
        assert sweep() == 1


def test_night_is_that_of_the_workspaces_zone(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        change_workspace(shop.workspace, name="Shop", time_zone="Asia/Tokyo", language="en", actor=SYSTEM)
    with night_of(shop):
        assert sweep() == 0
    with night_of(shop, hours=-9):
        assert sweep() == 1


@pytest.mark.parametrize("change", [publishes, lambda shop: shop.knows("Do you repair bicycles?")])
def test_what_has_not_changed_is_measured_again_after_a_week(shop: Shop, change: Callable[[Shop], object]) -> None:
    assert due(shop)
    shop.measured()
    assert not due(shop)
    with night_of(shop, days=8):
        assert due(shop)
    change(shop)
    assert due(shop)


def test_one_that_runs_is_waited_for_and_switches_are_obeyed(shop: Shop) -> None:
    with scope(shop.workspace.pk):
        waiting = start_evaluation(by=shop.author)
        assert not is_due()
        Evaluation.objects.filter(pk=waiting.pk).delete()
        assert is_due()
        switch_off(Switch.Level.WORKSPACE, None, actor=SYSTEM)
        assert not is_due()
        switch_on(Switch.Level.WORKSPACE, None, actor=SYSTEM)
        save_settings({"measures_nightly": False}, actor=SYSTEM)
        assert not is_due()
        AiSettings.objects.all().delete()
        assert is_due()


def test_only_so_many_are_measured_at_once(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "MOST_AT_ONCE", 0)
    with night_of(shop):
        assert sweep() == 0
    monkeypatch.setattr(nightly, "MOST_AT_ONCE", 1)
    with night_of(shop):
        assert sweep() == 1


def test_nights_take_a_tenth_of_the_budget(provided: Shop) -> None:
    assert due(provided)
    needed = 10 * cost(provided)
    budget(provided, needed - 1)
    assert not due(provided)
    budget(provided, needed + 1)
    assert due(provided)
    with scope(provided.workspace.pk):
        Evaluation.objects.update(is_nightly=True)  # as if the last one had been of tonight
    assert not due(provided)


def test_customers_answers_come_before_the_night(provided: Shop) -> None:
    budget(provided, 20 * cost(provided))
    with scope(provided.workspace.pk):
        spend = current_spend(provided.workspace)
        for share, is_left in ((0.74, True), (0.76, False), (0.9, False)):
            Spend.objects.filter(pk=spend.pk).update(spent_micros=int(share * 20 * cost(provided)))
            assert is_due() is is_left


def test_budget_keeps_out_a_model_without_a_price_and_quotes_cost_nothing(provided: Shop) -> None:
    with scope(provided.workspace.pk):
        Evaluation.objects.update(cost_micros=None)
        ProviderModel.objects.update(price_in_micros=None)
        assert (bill().micros, is_due()) == (None, True)
        save_settings({"budget_micros": 1_000_000}, actor=SYSTEM)
        assert not is_due()
        for purpose in (Purpose.ANSWER, Purpose.SUGGEST):
            switch_off(Switch.Level.WORKSPACE, None, purpose, actor=SYSTEM)
        assert (bill().micros, is_due()) == (0, True)


def test_people_are_told_how_many_answers_have_got_worse_over_night(shop: Shop, owner: Membership, admin: Membership) -> None:
    shop.knows_usual()
    shop.measured()
    with scope(shop.workspace.pk):
        save_settings({"forbidden_topics": ["refund"]}, actor=SYSTEM)
    with night_of(shop):
        assert sweep() == 1
        shop.works()
    with scope(shop.workspace.pk):
        found = Evaluation.objects.get(is_nightly=True)
        assert AuditEntry.objects.get(action="ai.measured_worse").data == {"worse": 1}
    tell_worse(shop.workspace.pk, found.pk)
    assert sorted(one.to[0] for one in mail.outbox) == sorted([shop.author.email, owner.user.email, admin.user.email])
    assert mail.outbox[0].subject == "The AI of “Terra & Glaze” answers worse than before"
    assert "1 that was dealt with correctly before is not any more" in mail.outbox[0].body
    assert "Wrong answers: 0 before, 0 now." in mail.outbox[0].body
    assert f"/w/{shop.workspace.pk}/settings/ai/evaluation/" in mail.outbox[0].body
    assert REFUND not in mail.outbox[0].body


def test_what_was_edited_or_not_heard_is_no_news(shop: Shop) -> None:
    refund, *_others = shop.knows_usual()
    before = shop.measured()
    after = shop.measured()

    def is_news(**values: object) -> bool:
        with scope(shop.workspace.pk):
            results = EvaluationResult.objects.filter(evaluation=after, case=refund, probe="asked")
            results.update(**{"outcome": "missed", "reason": "", **values})
            return note_worse(after)

    assert is_news()
    assert not is_news(outcome="right")
    assert not is_news(reason=f"{EvaluationResult.UNHEARD}timeout")
    assert is_news()
    with scope(shop.workspace.pk):
        type(refund).objects.filter(pk=refund.pk).update(updated_at=timezone.now())
    assert not is_news()
    with scope(shop.workspace.pk):
        type(refund).objects.filter(pk=refund.pk).update(updated_at=before.created_at - timedelta(seconds=1))
        Evaluation.objects.filter(pk=before.pk).update(figures={**before.figures, "is_read_first": True})
    assert not is_news()


def test_provider_that_is_away_tells_nobody(provided: Shop, server: Scripted) -> None:
    server.default = fails(400, "no such thing")
    with night_of(provided):
        assert sweep() == 1
        provided.works()
    with scope(provided.workspace.pk):
        assert Evaluation.objects.get(is_nightly=True).figures["unheard"] > 0
        assert not AuditEntry.objects.filter(action="ai.measured_worse").exists()
    assert nights(provided) == 1
