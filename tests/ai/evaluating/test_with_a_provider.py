"""Where a provider answers, it is measured too, as long as answering is on; and a model is measured before it is chosen."""

import json
import re
from typing import Any

import pytest

from accounts.models import Membership
from ai.models import Evaluation, ProviderModel, Switch, TaskModel, Use
from ai.purposes import Purpose
from ai.services.changes import override
from ai.services.submitting import change_model, change_settings
from ai.services.switches import switch_off
from core.audit import Actor
from core.tenancy import scope
from tests.ai.evaluating.measuring import REFUND, Shop
from tests.ai.providers.fixtures import set_up
from tests.ai.providers.scripted import Handler, Scripted, fails, says

SAID = "Refunds arrive on your card within 5 to 7 business days after we have received the parcel."


ELSEWHERE = "Standard shipping costs 4.90 euros and takes 3 to 5 business days."


def by_model(handler: Handler, body: dict[str, Any]) -> None:
    """The small model answers from the article that answers; the bad one says what another article says of another matter."""
    said = SAID if body["model"] == "small" else ELSEWHERE
    articles = re.split(r"Article (?=\d+:)", body["messages"][-1]["content"])
    source = next((int(one.partition(":")[0]) for one in articles if said in one), 0)
    says(json.dumps({"can_answer": True, "sentences": [{"text": said, "source": source}]}))(handler, body)


@pytest.fixture
def bad(shop: Shop, server: Scripted) -> ProviderModel:
    """A second model of the provider, which nothing uses yet."""
    server.default = by_model
    provider = set_up(shop.workspace, server)
    with scope(shop.workspace.pk):
        return ProviderModel.objects.create(provider=provider, name="bad", price_in_micros=1_000_000, price_out_micros=1_000_000)


def test_providers_answers_are_measured_and_their_cost_is_told(shop: Shop, server: Scripted, bad: ProviderModel) -> None:
    case = shop.knows(REFUND, "Returns and refunds", must_say=["5 to 7 business days"])
    evaluation = shop.measured()
    assert shop.result(evaluation, case).outcome == "right"
    with scope(shop.workspace.pk):
        uses = Use.objects.filter(provider__isnull=False)
        assert {one.purpose for one in uses} == {"analyse"}
        assert evaluation.cost_micros == sum(one.cost_micros or 0 for one in uses) > 0
        switch_off(Switch.Level.WORKSPACE, None, Purpose.ANSWER, actor=Actor.system())
        switch_off(Switch.Level.WORKSPACE, None, Purpose.SUGGEST, actor=Actor.system())
    asked = len(server.calls)
    again = shop.measured()
    assert len(server.calls) == asked
    assert shop.result(again, case).outcome == "right"


def test_model_is_measured_before_it_is_chosen(shop: Shop, server: Scripted, bad: ProviderModel, owner: Membership) -> None:
    shop.knows(REFUND, "Returns and refunds", must_say=["5 to 7 business days after we have received the parcel"])
    with scope(shop.workspace.pk):
        change = change_model("answer", bad, by=shop.author)
        assert change is not None
    shop.works()
    with scope(shop.workspace.pk):
        assert not TaskModel.objects.filter(task="answer").exists()
        assert "bad" in {one["model"] for one in server.calls}
        assert Evaluation.objects.get(change=change).state == "done"
        quick = change_model("summarise", bad, by=shop.author)
        assert quick is None
        assert TaskModel.objects.get(task="summarise").model == bad
        persona = change_settings({"persona": "We sell bowls."}, by=shop.author)
        assert persona is not None
    held = shop.change(change)
    assert (held.state, held.why) == ("held", "worse")
    with scope(shop.workspace.pk):
        override(held, reason="It is the cheaper one.", membership=owner)
        assert TaskModel.objects.get(task="answer").model == bad


def test_change_is_held_where_the_provider_does_not_answer(shop: Shop, server: Scripted, bad: ProviderModel) -> None:
    shop.knows(REFUND, "Returns and refunds")
    server.default = fails(400, "no such thing")
    with scope(shop.workspace.pk):
        change = change_model("answer", bad, by=shop.author)
        assert change is not None
    shop.works()
    assert (shop.change(change).state, shop.change(change).why) == ("held", "model")
    assert shop.measured().figures["unheard"] > 0
