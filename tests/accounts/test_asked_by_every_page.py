"""What every page asks for by a statement of its own: the session, and its user."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.backends import EmailBackend
from accounts.models import User
from accounts.session_store import SessionStore
from core.ids import new_id
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


def test_user_of_a_session_is_the_one_that_the_model_finds() -> None:
    made = make_user(name="Zoë Ωmega")
    found, same = EmailBackend().get_user(made.pk), User.objects.get(pk=made.pk)
    assert found is not None
    for field in User._meta.concrete_fields:
        assert getattr(found, field.attname) == getattr(same, field.attname)
    assert (found._state.adding, found._state.db) == (False, "default")
    found.name = "Zoë"
    found.save(update_fields=["name"])
    assert User.objects.get(pk=made.pk).name == "Zoë"


def test_session_of_a_user_who_is_gone_or_inactive_has_none() -> None:
    made = make_user()
    User.objects.filter(pk=made.pk).update(is_active=False)
    assert EmailBackend().get_user(made.pk) is None
    assert EmailBackend().get_user(new_id()) is None
