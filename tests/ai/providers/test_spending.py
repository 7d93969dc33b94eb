"""Budgets: reserved before, settled after, never passed; months begin in the workspace's own zone."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Workspace
from ai import gate
from ai.gate import Closed, ClosedError, Opened, Purpose, Subject
from ai.models import AiSettings, Egress, Provider, ProviderModel, Spend, Use
from ai.providers import ProviderError, Reason
from ai.purposes import Task
from ai.services import spending
from ai.services.providers import Chosen, model_for
from ai.services.settings import save_settings
from ai.services.uses import settle_lost
from conversations.models import Conversation
from core.audit import Actor
from core.audit.models import AuditEntry
from core.events.models import Event
from core.ids import new_id
from core.tenancy import scope
from tests.ai.providers.scripted import Scripted, fails, says
from tests.ai.providers.test_completing import complete, request

pytestmark = pytest.mark.django_db


@pytest.fixture
def opened(conversation: Conversation, provider: Provider) -> Opened:
    return gate.enter(Purpose.SUGGEST, Subject.of(conversation))


def budget(workspace: Workspace, micros: int | None) -> None:
    with scope(workspace.pk):
        save_settings({"budget_micros": micros}, actor=Actor.system())


def books(workspace: Workspace) -> tuple[int, int]:
    with scope(workspace.pk):
        spend = Spend.objects.get()
        return spend.spent_micros, spend.reserved_micros


def test_a_call_that_might_pass_the_budget_is_not_made(opened: Opened, workspace: Workspace, server: Scripted) -> None:
    budget(workspace, 1200)  # a call of at most 600 tokens may cost 1200 and its text
    with pytest.raises(ClosedError) as caught:
        complete(opened)
    assert caught.value.reason == Closed.BUDGET
    assert server.calls == []
    assert complete(opened, request(max_tokens=100)).cost_micros == 140
    assert books(workspace) == (140, 0)


def test_people_are_told_once_at_80_percent_and_once_at_the_end(opened: Opened, workspace: Workspace, server: Scripted) -> None:
    budget(workspace, 1_000)
    server.default = says("Hello.", usage=(100, 200))
    complete(opened, request(max_tokens=200))
    complete(opened, request(max_tokens=150))
    for _ in range(2):
        with pytest.raises(ClosedError):
            complete(opened, request(max_tokens=100))
    with scope(workspace.pk):
        assert [one.data["state"] for one in Event.objects.filter(type="ai.budget").order_by("id")] == ["warned", "stopped"]
        assert AuditEntry.objects.filter(action__startswith="ai.budget").count() == 2


def test_a_model_without_a_price_has_no_place_in_a_budget(opened: Opened, workspace: Workspace) -> None:
    with scope(workspace.pk):
        ProviderModel.objects.update(price_out_micros=None)
    assert complete(opened).cost_micros is None
    with scope(workspace.pk):
        assert (Spend.objects.get().unpriced, Spend.objects.get().spent_micros) == (1, 0)
    budget(workspace, 10_000_000)
    with pytest.raises(ClosedError) as caught:
        complete(opened)
    assert caught.value.reason == Closed.UNPRICED


def test_what_was_turned_away_costs_nothing_and_what_was_begun_does(
    opened: Opened, workspace: Workspace, server: Scripted
) -> None:
    for reply, spent in ((fails(401), 0), (says("Half" * 30, finish="length", usage=None), 18 + 2 * 40)):
        server.replies = [reply]
        with pytest.raises(ProviderError):
            complete(opened)
        assert books(workspace) == (spent, 0)


def test_costs_are_rounded_up_and_exact() -> None:
    chosen = Chosen(
        new_id(), new_id(), "", "", "small", "text", price_in_micros=150_000, price_out_micros=600_000, most_at_once=4
    )
    assert spending.cost_of(chosen, 1_000_000, 0) == 150_000
    assert [spending.cost_of(chosen, tokens, 0) for tokens in (0, 1, 7)] == [0, 1, 2]


def test_the_month_begins_in_the_workspaces_zone(workspace: Workspace) -> None:
    at = datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    workspace.time_zone = "America/Sao_Paulo"
    assert spending.month_of(workspace, at) == date(2026, 11, 1)
    workspace.time_zone = "Asia/Tokyo"
    assert spending.month_of(workspace, datetime(2026, 11, 30, 16, 0, tzinfo=UTC)) == date(2026, 12, 1)


def test_a_new_month_has_its_whole_budget(opened: Opened, workspace: Workspace, server: Scripted) -> None:
    budget(workspace, 500)
    server.default = says("Hello.", usage=(100, 180))
    with time_machine.travel(datetime(2026, 11, 20, tzinfo=UTC), tick=True):
        complete(opened, request(max_tokens=200))
        with pytest.raises(ClosedError):
            complete(opened, request(max_tokens=200))
    with time_machine.travel(datetime(2026, 12, 1, 1, tzinfo=UTC), tick=True):
        complete(opened, request(max_tokens=200))


def test_as_many_calls_run_as_are_allowed(opened: Opened, workspace: Workspace, provider: Provider, server: Scripted) -> None:
    with scope(workspace.pk):
        Provider.objects.update(most_at_once=1)
        Use.objects.create(
            purpose="suggest", task="suggest", model="small", provider=provider, actor_kind="system", created_at=timezone.now()
        )
    with pytest.raises(ProviderError) as caught:
        complete(opened, request(total=2.0, first_token=1.5))
    assert (caught.value.reason, server.calls) == (Reason.BUSY, [])


def test_what_a_dead_process_reserved_counts_as_spent(
    workspace: Workspace, provider: Provider, conversation: Conversation
) -> None:
    with scope(workspace.pk):
        chosen = model_for(workspace.pk, Task.SUGGEST)
        assert chosen is not None
        kept = spending.reserve(workspace, chosen, tokens_in=100, tokens_out=50)
        for minutes in (5, 15):
            Use.objects.create(
                purpose="suggest",
                task="suggest",
                model="small",
                provider=provider,
                actor_kind="system",
                month=kept.month,
                reserved_micros=100,
                created_at=timezone.now() - timedelta(minutes=minutes),
            )
    assert settle_lost() == 1
    assert settle_lost() == 0
    assert books(workspace) == (100, 100)


def test_erasing_a_person_takes_their_ledger_along_but_not_the_books(opened: Opened, workspace: Workspace) -> None:
    complete(opened)
    with scope(workspace.pk):
        Conversation.objects.all()[0].messages.all().delete()
        Conversation.objects.all().delete()
        assert not Use.objects.exists()
        assert not Egress.objects.exists()
        assert not AiSettings.objects.exists()
    assert books(workspace) == (140, 0)
