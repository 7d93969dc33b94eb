"""Sessions: their lives, the list of them, and their end."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.models import UserSession
from accounts.services import sessions
from tests.accounts.conftest import signed_in
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def _sign_in_without_remembering() -> Client:
    client = Client()
    client.post("/sign-in/", {"email": make_user().email, "password": PASSWORD})
    return client


def test_session_that_is_not_kept_ends_after_twelve_silent_hours() -> None:
    client = _sign_in_without_remembering()

    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1), tick=False):
        answer = client.get("/me/", follow=True)

    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/me/"
    assert "signed out" in answer.content.decode()
    assert UserSession.objects.count() == 0


def test_session_in_use_goes_on() -> None:
    client = _sign_in_without_remembering()
    start = timezone.now()

    for hours in (8, 16, 24):
        with time_machine.travel(start + timedelta(hours=hours), tick=False):
            assert client.get("/me/").status_code == 200
    assert UserSession.objects.get().seen_at == start + timedelta(hours=24)


def test_session_ends_after_fourteen_days_whatever_happens() -> None:
    client = signed_in(make_user())
    start = timezone.now()

    for days in (5, 10, 13):
        with time_machine.travel(start + timedelta(days=days), tick=False):
            assert client.get("/me/").status_code == 200
    with time_machine.travel(start + timedelta(days=14, minutes=1), tick=False):
        assert client.get("/me/").status_code == 302


def test_revoked_session_is_signed_out_and_told() -> None:
    user = make_user()
    here, there = signed_in(user), signed_in(user)
    key = there.session.session_key
    other = next(one for one in UserSession.objects.all() if one.session_key == key)

    here.post(f"/me/sessions/{other.pk}/end/")

    assert not Session.objects.filter(session_key=key).exists()
    answer = there.get("/me/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/me/"
    assert "You were signed out" in answer.content.decode()
    assert here.get("/me/").status_code == 200


def test_all_other_sessions_can_be_ended_at_once() -> None:
    user = make_user()
    here, others = signed_in(user), [signed_in(user), signed_in(user)]

    here.post("/me/sessions/others/end/")

    assert [one.get("/me/").status_code for one in others] == [302, 302]
    assert here.get("/me/").status_code == 200


def test_session_of_another_person_does_not_exist() -> None:
    signed_in(make_user())
    session = UserSession.objects.get()

    assert signed_in(make_user()).post(f"/me/sessions/{session.pk}/end/").status_code == 404


def test_list_tells_browser_and_system() -> None:
    client = signed_in(make_user())
    session = UserSession.objects.get()
    session.user_agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36"
    session.save(update_fields=["user_agent"])

    rows = client.get("/me/sessions/").context["rows"]

    assert [(row["device"]["label"], row["is_current"]) for row in rows] == [("Chrome on Linux", True)]


def test_list_costs_the_same_for_one_and_three_sessions(django_assert_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    user = make_user()
    client = signed_in(user)
    counts = []
    for more in (0, 2):
        for _session in range(more):
            signed_in(user)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get("/me/sessions/").context["rows"]) == 1 + more
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_session_keeps_no_address_in_clear(superuser: object) -> None:
    signed_in(make_user())

    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT ip::text, user_agent::text, session_key::text FROM accounts_usersession")
        row = str(cursor.fetchone())
    assert "127.0.0.1" not in row
    assert str(Session.objects.get().session_key) not in row


def test_old_sessions_are_forgotten() -> None:
    signed_in(make_user())

    with time_machine.travel(timezone.now() + timedelta(days=15), tick=False):
        sessions.drop_old()

    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)
