"""The function that searches behind row security: its own wall, and its way back through time."""

from uuid import UUID

import pytest
from django.db import connection

from accounts.models import Workspace
from conversations.models import Inbox, SearchEntry
from conversations.selectors.search import WEEKS, Wanted, of_index
from conversations.words import in_slice, slice_of, start_of, whole
from core.ids import new_id
from core.tenancy import scope
from core.vault.blind import search_tokens
from tests.factories import make_inbox, make_workspace, receive

pytestmark = pytest.mark.django_db
CALL = "SELECT conversations_search_candidates(%s::bigint[], 'message', NULL, NULL, 10)"


def token_of(workspace: Workspace, word: str) -> int:
    return search_tokens([whole(word)], workspace_id=workspace.pk)[0]


def called(token: int) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(CALL, [[token]])
        return [row[0] for row in cursor.fetchall()]


def add_entry(inbox: Inbox, week: int, place: int = 0) -> UUID:
    """The words of a message that was written in that week."""
    row_id = UUID(int=start_of(week).int + place)
    SearchEntry.objects.create(
        id=row_id,
        source="message",
        inbox_id=inbox.pk,
        contact_id=new_id(),
        tokens=search_tokens([whole("teapot"), in_slice(week)], workspace_id=inbox.workspace_id),
    )
    return row_id


def wanted(inbox: Inbox, limit: int, before: UUID | None = None) -> Wanted:
    return Wanted("message", [token_of(inbox.workspace, "teapot")], None, before, limit)


def test_function_gives_another_workspace_nothing(company: Workspace) -> None:
    with scope(company.pk):
        message = receive(make_inbox(), "teapot")
        token = token_of(company, "teapot")
        assert called(token) == [message.pk]
    with scope(make_workspace("Another").pk):
        assert called(token) == []


def test_function_gives_nothing_without_a_scope(company: Workspace) -> None:
    with scope(company.pk):
        receive(make_inbox(), "teapot")
        token = token_of(company, "teapot")
    assert called(token) == []


def test_function_hides_inboxes_that_are_not_seen(shop: Inbox) -> None:
    message, own = receive(shop, "teapot"), wanted(shop, 10)
    assert of_index(own) == [message.pk]
    assert of_index(Wanted(own.source, own.tokens, [new_id()], None, 10)) == []


def test_index_is_read_from_the_newest_week_to_the_oldest(shop: Inbox) -> None:
    now = slice_of(new_id())
    weeks = [now, now, now - 1, now - 5, now - 11, now - 60, now - WEEKS, now - WEEKS + 1, now - WEEKS - 1, now - 900]
    ids = sorted((add_entry(shop, week, place) for place, week in enumerate(weeks)), reverse=True)
    for limit in range(1, len(ids) + 2):
        assert of_index(wanted(shop, limit)) == ids[:limit]


def test_pages_of_the_index_meet_without_gaps(shop: Inbox) -> None:
    now = slice_of(new_id())
    ids = sorted((add_entry(shop, now - place // 2, place) for place in range(40)), reverse=True)
    found: list[UUID] = []
    while page := of_index(wanted(shop, 7, found[-1] if found else None)):
        found += page
    assert found == ids


def test_message_of_a_server_whose_clock_is_ahead_is_found(shop: Inbox) -> None:
    ahead = add_entry(shop, slice_of(new_id()) + 1)
    assert of_index(wanted(shop, 5)) == [ahead]
