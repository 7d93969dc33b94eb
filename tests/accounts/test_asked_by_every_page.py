"""What every page asks for by a statement of its own: the session, and its user."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User, UserSession
from accounts.session_store import SessionStore
from tests.accounts.conftest import signed_in
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _stored() -> str:
    session = SessionStore()
    session["colour"] = "violet"
    session.save()
    return str(session.session_key)


def test_session_gives_back_what_was_stored() -> None:
    key = _stored()
    found = SessionStore(key)
    assert (found.load(), found.session_key) == ({"colour": "violet"}, key)


def test_session_that_is_over_is_empty_and_loses_its_key() -> None:
    key = _stored()
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    found = SessionStore(key)
    assert (found.load(), found.session_key) == ({}, None)


@pytest.mark.parametrize("key", ["a" * 32, "x' OR 1=1 --" + "a" * 20])
def test_session_that_nobody_stored_is_empty_and_loses_its_key(key: str) -> None:
    _stored()
    found = SessionStore(key)
    assert (found.load(), found.session_key) == ({}, None)


def _signed_in(user: User) -> str:
    client = signed_in(user)
    client.get("/me/")  # the guard takes note of the browser
    return str(client.session.session_key)


def test_user_of_a_session_is_the_one_that_the_model_finds() -> None:
    made = make_user(name="Zoë Ωmega")
    session = SessionStore(_signed_in(made))
    session.load()
    found, same = session.owner, User.objects.get(pk=made.pk)
    assert found is not None
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(same, field.attname)
    assert (found._state.adding, found._state.db) == (False, "default")
    found.name = "Zoë"
    found.save(update_fields=["name"])
    assert User.objects.get(pk=made.pk).name == "Zoë"


def test_page_asks_for_session_and_user_together() -> None:
    client = signed_in(make_user())
    client.get("/me/")
    with CaptureQueriesContext(connection) as asked:
        assert client.get("/me/").status_code == 200
    assert [one["sql"].count("accounts_user ") for one in asked if "django_session" in one["sql"]] == [1]
    assert not [one for one in asked if 'FROM "accounts_user"' in one["sql"]]


@pytest.mark.parametrize(
    "change", [{"is_active": False}, {"password": "another"}], ids=["not active any more", "with another password"]
)
def test_session_does_not_speak_for_a_user(change: dict[str, object]) -> None:
    made = make_user()
    client = signed_in(made)
    assert client.get("/me/").status_code == 200
    User.objects.filter(pk=made.pk).update(**change)
    assert client.get("/me/").status_code == 302


def test_record_of_another_browser_does_not_lend_its_user() -> None:
    """A session whose record names somebody else is Django's to judge: it speaks for whom it says."""
    ana, eva = make_user(), make_user()
    client = signed_in(ana)
    client.get("/me/")
    UserSession.objects.filter(user=ana).update(user=eva)
    assert client.get("/me/").wsgi_request.user.pk == ana.pk
