"""The harness itself: the right role, the right databases, nothing left over."""

import pytest
from django.db import connection, connections

from chatzee.embedded import roles


@pytest.mark.django_db
def test_tests_connect_as_the_app_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, (SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user)")
        assert cursor.fetchone() == (roles.APP, False)


@pytest.mark.django_db
def test_keys_database_is_another_one() -> None:
    with connections["keys"].cursor() as cursor:
        cursor.execute("SELECT current_user, current_database() LIKE 'chatzee_keys_%'")
        assert cursor.fetchone() == (roles.KEYS, True)
