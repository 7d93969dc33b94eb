"""Events: with the change or not at all, in one order without gaps, consumed once."""

import threading
from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest
from django.db import transaction
from redis import Redis

from accounts.models import Workspace
from core.events import consumers, publish, relay
from core.events.models import Event, EventHead
from core.tenancy import scope
from tests.factories import make_workspace

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    return make_workspace()


@pytest.fixture
def seen() -> Iterator[list[int]]:
    """A consumer that writes down what it was given."""
    given: list[int] = []
    consumers.subscribe("test", {"test.happened"}, lambda events: given.extend(one.data["number"] for one in events))
    yield given
    del consumers._consumers["test"]


def happen(workspace: Workspace, *numbers: int) -> None:
    with scope(workspace.pk):
        for number in numbers:
            publish("test.happened", number=number)


def positions(workspace: Workspace) -> list[int | None]:
    with scope(workspace.pk):
        return list(Event.objects.filter(type="test.happened").order_by("position").values_list("position", flat=True))


def test_positions_follow_commits_without_gaps(workspace: Workspace) -> None:
    happen(workspace, 1, 2)
    happen(workspace, 3)
    found = positions(workspace)
    assert found == list(range(found[0] or 0, (found[0] or 0) + 3))


def test_rolled_back_change_leaves_no_event(workspace: Workspace) -> None:
    with scope(workspace.pk), transaction.atomic():
        publish("test.happened", number=1)
        transaction.set_rollback(True)
    assert positions(workspace) == []


def test_event_that_lost_its_relay_is_swept(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("core.events.publishing.relay_soon", lambda workspace_id: None)
        happen(workspace, 1)
    assert positions(workspace) == [None]
    assert relay.relay_waiting() == 1
    assert None not in positions(workspace)


@pytest.fixture
def background(monkeypatch: pytest.MonkeyPatch) -> Iterator[relay.Background]:
    """A process that relays in a thread of its own."""
    made = relay.Background()
    monkeypatch.setattr(relay, "background", made)
    made.start()
    yield made
    if made.is_running:
        made.stop()


def test_background_relays_every_workspace(workspace: Workspace, background: relay.Background) -> None:
    other = make_workspace("Another")
    for number in range(20):
        happen(workspace, number)
        happen(other, number)
    background.stop()
    assert None not in positions(workspace) + positions(other)
    assert len(positions(workspace)) == len(positions(other)) == 20


def test_background_outlives_a_failure(
    workspace: Workspace, background: relay.Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failed = threading.Event()

        def fail(workspace_id: UUID) -> int:
            failed.set()
            raise RuntimeError

        patch.setattr(relay, "relay", fail)
        happen(workspace, 1)
        assert failed.wait(5)
    happen(workspace, 2)
    background.stop()
    assert None not in positions(workspace)


def test_process_without_a_background_has_relayed_when_its_commit_returns(workspace: Workspace) -> None:
    assert not relay.background.is_running
    happen(workspace, 1)
    assert None not in positions(workspace)


def test_consumer_gets_each_event_once_and_in_order(workspace: Workspace, seen: list[int]) -> None:
    happen(workspace, 1, 2, 3)
    consumers.consume(workspace.pk)
    consumers.consume(workspace.pk)
    happen(workspace, 4)
    consumers.consume(workspace.pk)
    assert seen == [1, 2, 3, 4]


def test_failing_consumer_goes_on_where_it_stopped(workspace: Workspace, seen: list[int]) -> None:
    broken = {"is": True}
    taken: list[int] = []

    def handle(events: Sequence[Event]) -> None:
        for event in events:
            if broken["is"] and event.data["number"] == 2:
                raise RuntimeError
        taken.extend(one.data["number"] for one in events)

    consumers.subscribe("failing", {"test.happened"}, handle)
    try:
        happen(workspace, 1, 2)
        with pytest.raises(RuntimeError):
            consumers.consume(workspace.pk)
        happen(workspace, 3)
        with pytest.raises(RuntimeError):
            consumers.consume(workspace.pk)
        assert (seen, taken) == ([1, 2, 3], []), "the others go on without it"
        broken["is"] = False
        consumers.consume(workspace.pk)
        assert (seen, taken) == ([1, 2, 3], [1, 2, 3])
    finally:
        del consumers._consumers["failing"]


def test_failed_handler_leaves_nothing_behind(workspace: Workspace, seen: list[int]) -> None:
    def handle(events: Sequence[Event]) -> None:
        EventHead.objects.update(position=10_000)
        raise RuntimeError

    consumers.subscribe("failing", {"test.happened"}, handle)
    try:
        happen(workspace, 1)
        with pytest.raises(RuntimeError):
            consumers.consume(workspace.pk)
    finally:
        del consumers._consumers["failing"]
    with scope(workspace.pk):
        assert EventHead.objects.get().position < 10_000
    assert seen == [1]


def test_more_events_than_one_batch_are_all_consumed(workspace: Workspace, seen: list[int]) -> None:
    numbers = list(range(2 * consumers.BATCH + 1))
    happen(workspace, *numbers)
    consumers.consume(workspace.pk)
    assert seen == numbers


def test_consumers_are_woken_once_for_all_that_happens_until_they_look(
    workspace: Workspace, seen: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(consumers, "wake_up", lambda task, *args, **options: woken.extend(args))
    happen(workspace, 1)
    happen(workspace, 2)
    assert woken == [str(workspace.pk)]
    consumers.consume_woken(workspace.pk)
    assert seen == [1, 2]
    happen(workspace, 3)
    assert woken == [str(workspace.pk)] * 2


def test_consumers_are_woken_though_the_broker_is_away(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr(consumers, "wake_up", lambda task, *args, **options: woken.extend(args))
    monkeypatch.setattr(consumers, "valkey", lambda: Redis(port=1, socket_connect_timeout=0.1))
    consumers.wake(workspace.pk)
    consumers.consume_woken(workspace.pk)
    consumers.wake(workspace.pk)
    assert woken == [str(workspace.pk)] * 2
