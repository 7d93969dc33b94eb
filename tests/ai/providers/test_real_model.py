"""A real server, with a small and weak model: what it says is nobody's concern here, how it is asked and heard is."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel

from accounts.models import Workspace
from ai import gate
from ai.engine.placeholders import Known, Masker
from ai.gate import Purpose, Subject
from ai.models import Provider, ProviderModel, Spend, Use
from ai.providers import ProviderError, Reason, Request, Turn
from ai.providers.client import Server, list_models
from ai.purposes import Task
from ai.services.providers import check_provider
from conversations.models import Conversation
from core.tenancy import scope
from tests.ai.providers.fixtures import set_up

pytestmark = pytest.mark.django_db


class Verdict(BaseModel):
    """Nothing in it that so small a model could go on saying for ever."""

    is_question: bool
    topic: Literal["parcel", "refund"]


def test_a_real_model_streams_keeps_to_a_shape_and_is_accounted_for(
    reachable_model: str, workspace: Workspace, conversation: Conversation
) -> None:
    provider = set_up(workspace, reachable_model, key="")
    check_provider(workspace.pk, provider.pk)
    with scope(workspace.pk):
        assert Provider.objects.get().check_code == "ok"
    assert len(list_models(Server(reachable_model, ""))) == 1
    opened = gate.enter(Purpose.SUGGEST, Subject.of(conversation))
    masker = Masker([Known("PERSON", "Rosa Lima")])
    heard: list[str] = []
    turns = [Turn("user", "Repeat after me: the parcel is on its way.")]
    limits: dict[str, Any] = {"max_tokens": 24, "first_token": 40.0, "total": 60.0}
    try:
        told = opened.complete(Request(Task.SUGGEST, "Be brief.", turns, on_text=heard.append, **limits), masker=masker)
    except ProviderError as error:  # so small a model may talk on and on
        assert error.reason == Reason.TRUNCATED  # noqa: PT017
        assert len(heard) > 3
    else:
        assert told.text.startswith(heard[-1].strip()[:10])
    shaped = opened.complete(
        Request(Task.SUGGEST, "Answer in JSON.", turns, Verdict, **{**limits, "max_tokens": 200}), masker=masker
    )
    assert isinstance(shaped.data, Verdict)
    with scope(workspace.pk):
        assert ProviderModel.objects.get().structure == "json_schema"
        uses = list(Use.objects.order_by("id"))
        assert uses[1].outcome == "ok"
        assert all(use.tokens_in > 10 and use.tokens_out > 3 for use in uses)
        assert Spend.objects.get().spent_micros == sum(use.cost_micros or 0 for use in uses)
