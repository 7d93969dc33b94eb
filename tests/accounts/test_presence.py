"""Who is there to answer, and who hears of it."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from accounts import presence
from accounts.models import Membership, User, Workspace
from accounts.services.availability import set_availability
from accounts.tasks import sweep_presence
from core.events.models import Event
from core.live.signals import CHANNEL
from core.tenancy import scope
from core.valkey import valkey
from tests.factories import make_member, make_user, make_workspace

pytestmark = pytest.mark.django_db(transaction=True)

Heard = Callable[[], list[bool]]


@pytest.fixture
def owner() -> User:
    return make_user()


@pytest.fixture
def shop(owner: User) -> Workspace:
    return make_workspace(owner=owner)


@pytest.fixture
def heard(shop: Workspace) -> Iterator[Heard]:
    """What hubs have been told of the workspace since the last call."""
    with valkey().pubsub(ignore_subscribe_messages=True) as line:  # type: ignore[no-untyped-call]
        line.subscribe(CHANNEL)
        line.get_message(timeout=1)

        def said() -> list[bool]:
            found: list[Any] = []
            while (message := line.get_message(timeout=0.05)) is not None:
                found.append(json.loads(message["data"]))
            assert all(one["kind"] == "presence" and one["workspace"] == str(shop.pk) for one in found), found
            return [one["agents_online"] for one in found]

        yield said


def _membership(shop: Workspace, user: User) -> Membership:
    with scope(shop.pk):
        return Membership.objects.get(user=user)


def test_first_browser_is_told_once(shop: Workspace, owner: User, heard: Heard) -> None:
    presence.beat(shop.pk, owner.pk, "laptop")
    presence.beat(shop.pk, owner.pk, "laptop")
    presence.beat(shop.pk, owner.pk, "phone")
    assert heard() == [True]
    assert presence.is_staffed(shop.pk)


def test_last_browser_that_leaves_is_told_when_it_does_not_come_back(shop: Workspace, owner: User, heard: Heard) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        presence.beat(shop.pk, owner.pk, "laptop")
        presence.beat(shop.pk, owner.pk, "phone")
        presence.leave(shop.pk, owner.pk, "phone")
        clock.shift(presence.LEAVING_FOR + 1)
        sweep_presence()
        assert heard() == [True]
        presence.leave(shop.pk, owner.pk, "laptop")
        sweep_presence()
        assert heard() == []
        clock.shift(presence.LEAVING_FOR + 1)
        sweep_presence()
        sweep_presence()
        assert heard() == [False]


def test_next_page_of_the_same_person_is_no_news(shop: Workspace, owner: User, heard: Heard) -> None:
    presence.beat(shop.pk, owner.pk, "first page")
    presence.leave(shop.pk, owner.pk, "first page")
    presence.beat(shop.pk, owner.pk, "next page")
    with time_machine.travel(timezone.now() + timedelta(seconds=presence.LEAVING_FOR + 1)):
        sweep_presence()
    assert heard() == [True]


def test_browser_that_falls_silent_is_noticed(shop: Workspace, owner: User, heard: Heard) -> None:
    presence.beat(shop.pk, owner.pk, "laptop")
    with time_machine.travel(timezone.now() + timedelta(seconds=presence.ONLINE_FOR + 1)):
        sweep_presence()
        assert not presence.is_staffed(shop.pk)
    assert heard() == [True, False]


@pytest.mark.parametrize("word", ["busy", "away"])
def test_member_who_is_not_available_does_not_count(shop: Workspace, owner: User, heard: Heard, word: str) -> None:
    presence.beat(shop.pk, owner.pk, "laptop")
    membership = _membership(shop, owner)
    with scope(shop.pk):
        assert set_availability(membership, word)
        assert not set_availability(membership, word)
    assert heard() == [True, False]
    with scope(shop.pk):
        set_availability(membership, "online")
    assert heard() == [True]


def test_another_available_member_keeps_the_workspace_staffed(shop: Workspace, owner: User, heard: Heard) -> None:
    other = make_member(shop)
    presence.beat(shop.pk, owner.pk, "laptop")
    presence.beat(shop.pk, other.user_id, "laptop")
    with scope(shop.pk):
        set_availability(other, "away")
    assert heard() == [True]
    assert presence.online_users(shop.pk) == {owner.pk, other.user_id}


def test_availability_is_an_event(shop: Workspace, owner: User) -> None:
    with scope(shop.pk):
        set_availability(Membership.objects.get(), "busy")
        assert Event.objects.get(type="member.availability").data == {"user": str(owner.pk), "availability": "busy"}
        assert Membership.objects.get().availability == "busy"


def test_unknown_availability_is_refused(shop: Workspace, owner: User) -> None:
    membership = _membership(shop, owner)
    with scope(shop.pk), pytest.raises(ValueError, match="asleep"):
        set_availability(membership, "asleep")


def test_member_changes_it_in_the_menu_and_for_themselves_alone(shop: Workspace, owner: User) -> None:
    other = make_member(shop)
    client = Client()
    client.force_login(other.user)

    answer = client.post(f"/w/{shop.pk}/availability/", {"availability": "away"})

    assert answer.status_code == 200
    assert 'aria-checked="true" hx-post="' in answer.content.decode()
    assert (_membership(shop, other.user).availability, _membership(shop, owner).availability) == ("away", "online")
    assert client.post(f"/w/{shop.pk}/availability/", {"availability": "asleep"}).status_code == 422


def test_database_that_is_away_does_not_end_the_socket(
    shop: Workspace, owner: User, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(workspace_id: UUID) -> bool:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(presence, "is_staffed", away)
        presence.beat(shop.pk, owner.pk, "laptop")
    assert heard() == []
    presence.tell(shop.pk)
    assert heard() == [True]
