"""The harness itself: the right role, the right databases, nothing left over."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import connection, connections
from django.utils import timezone

from chatzee.embedded import roles
from tests.harness import servers


@pytest.mark.django_db
def test_tests_connect_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == (roles.APP, False)


@pytest.mark.django_db
def test_each_process_has_databases_of_its_own() -> None:
    found = []
    for alias in ("default", "keys"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_database()")
            found.append(cursor.fetchone()[0])
    assert tuple(found) == servers.database_names()


@pytest.mark.django_db
def test_keys_role_owns_the_keys_database_alone() -> None:
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT current_user, has_database_privilege('chatzee_app', current_database(), 'connect')")
        assert cursor.fetchone() == (roles.KEYS, False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_gone_after_the_test(turn: int) -> None:
    assert Session.objects.count() == 0
    Session.objects.create(session_key=f"turn-{turn}", session_data="", expire_date=timezone.now())


@pytest.mark.django_db
def test_rows_of_migrations_outlive_the_emptying() -> None:
    assert ContentType.objects.filter(app_label="sessions", model="session").count() == 1
