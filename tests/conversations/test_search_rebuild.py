"""The word index after a crash of the database, which empties its UNLOGGED table."""

import psycopg
import pytest

from accounts.models import Workspace
from conversations.models import Message, SearchEntry
from conversations.services import search_index
from conversations.tasks import rebuild_search
from core.alone import alone
from core.tenancy import scope
from tests.factories import make_inbox, make_workspace, receive

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def workspace() -> Workspace:
    workspace = make_workspace()
    with scope(workspace.pk):
        inbox = make_inbox()
        for number in range(3):
            receive(inbox, f"message {number}")
    return workspace


def indexed(workspace: Workspace) -> int:
    with scope(workspace.pk):
        return SearchEntry.objects.filter(source="message").count()


def lose(workspace: Workspace) -> None:
    with scope(workspace.pk):
        SearchEntry.objects.all().delete()


def test_loss_is_seen_though_new_messages_came_in_after_it(workspace: Workspace) -> None:
    assert not search_index.is_lost(workspace.pk)
    lose(workspace)
    with scope(workspace.pk):
        receive(Message.objects.first().inbox, "after the crash")  # type: ignore[union-attr]  # the fixture made some
    assert indexed(workspace) == 1
    assert search_index.is_lost(workspace.pk)
    rebuild_search(str(workspace.pk))
    assert indexed(workspace) == 4
    assert not search_index.is_lost(workspace.pk)


def test_rebuilding_that_was_cut_off_is_seen(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    lose(workspace)
    monkeypatch.setattr(search_index, "BATCH", 1)
    search_index.rebuild(workspace.pk)
    assert indexed(workspace) == 1
    assert search_index.is_lost(workspace.pk)


def test_second_rebuilding_leaves_the_first_alone(
    workspace: Workspace, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    lose(workspace)
    name = f"rebuild_search:{workspace.pk}"
    superuser.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
    rebuild_search(str(workspace.pk))
    assert indexed(workspace) == 0
    superuser.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
    with alone(name) as is_alone:
        assert is_alone
    rebuild_search(str(workspace.pk))
    assert indexed(workspace) == 3
