"""The list: who sees what, filters, and pages by key."""

import pytest

from accounts.models import Membership, Workspace
from accounts.permissions import Role
from conversations.models import Inbox, InboxMember, Label
from conversations.selectors.conversations import assignable_users, viewing_users
from conversations.selectors.lists import ListFilter, counts, cursor_of, list_page
from conversations.services import reading, state
from tests.factories import make_conversation, make_inbox, make_member, make_user

pytestmark = pytest.mark.django_db


def see(agent: Membership, shop: Inbox) -> None:
    InboxMember.objects.create(inbox=shop, user=agent.user)


def numbers(agent: Membership, **chosen: object) -> list[int]:
    return [row.number for row in list_page(agent, ListFilter(**chosen)).rows]  # type: ignore[arg-type]


def test_agent_sees_only_the_inboxes_they_answer(shop: Inbox, agent: Membership) -> None:
    make_conversation(shop)
    assert numbers(agent) == []
    see(agent, shop)
    make_conversation(make_inbox(name="Other"))
    assert numbers(agent) == [1]


def test_owner_sees_every_inbox(shop: Inbox, agent: Membership) -> None:
    make_conversation(shop)
    agent.role = Role.OWNER
    assert numbers(agent) == [1]


def test_tabs_and_filters(shop: Inbox, agent: Membership) -> None:
    see(agent, shop)
    label = Label.objects.create(name="returns")
    mine, other, resolved = (make_conversation(shop, visitor=name) for name in "abc")
    state.assign(mine, agent.user, by=agent.user)
    state.add_label(other, label, by=agent.user)
    state.set_status(resolved, "resolved", by=agent.user)
    reading.mark_read(other, user=agent.user)
    assert numbers(agent, tab="mine") == [1]
    assert numbers(agent, tab="unassigned") == [2]
    assert numbers(agent, status="resolved") == [3]
    assert numbers(agent, status="") == [3, 2, 1]
    assert numbers(agent, label=label.pk) == [2]
    assert numbers(agent, is_unread=True) == [1]
    assert counts(agent, ListFilter()) == {"all": 2, "mine": 1, "unassigned": 1}


def test_unread_of_ones_own_is_what_one_has_not_read_oneself(shop: Inbox, agent: Membership) -> None:
    see(agent, shop)
    somebody = make_user()
    read, unread, read_by_another, _nobodys = (make_conversation(shop, visitor=name) for name in "abcd")
    for conversation in (read, unread, read_by_another):
        state.assign(conversation, agent.user, by=agent.user)
    reading.mark_read(read, user=agent.user)
    reading.mark_read(read_by_another, user=somebody)
    assert numbers(agent, tab="mine", is_unread=True) == [3, 2]
    assert numbers(agent, tab="mine", status="", is_unread=True) == [3, 2]
    assert counts(agent, ListFilter(tab="mine", is_unread=True)) == {"all": 3, "mine": 2, "unassigned": 1}


@pytest.mark.parametrize("sort", ["newest", "oldest", "priority", "waiting"])
def test_pages_hold_every_row_once(shop: Inbox, agent: Membership, sort: str) -> None:
    see(agent, shop)
    for number in range(7):
        conversation = make_conversation(shop, visitor=f"visitor-{number}")
        state.set_priority(conversation, number % 3, by=agent.user)
    chosen, seen, cursor = ListFilter(sort=sort), [], ""
    for _page in range(4):
        page = list_page(agent, chosen, cursor, size=2)
        seen += [row.number for row in page.rows]
        cursor = page.cursor
    assert cursor == ""
    assert sorted(seen) == list(range(1, 8))


def test_cursor_of_another_sort_is_refused(shop: Inbox, agent: Membership) -> None:
    cursor = cursor_of(make_conversation(shop), "newest")
    with pytest.raises(ValueError, match="start of the list"):
        list_page(agent, ListFilter(sort="priority"), cursor)
    with pytest.raises(ValueError, match="start of the list"):
        list_page(agent, ListFilter(), "nonsense")


def test_viewer_can_be_shown_an_inbox_and_is_given_nothing(shop: Inbox, company: Workspace) -> None:
    viewer = make_member(company, Role.VIEWER, make_user("Luca Bianchi"))
    make_conversation(shop)
    assert numbers(viewer) == []
    see(viewer, shop)
    assert numbers(viewer) == [1]
    assert viewer.user in viewing_users()
    assert viewer.user not in assignable_users()
