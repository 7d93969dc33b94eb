"""pytest-django's fixtures on our databases: copied from templates, entered as the app's role, emptied by the superuser."""

import os
from collections.abc import Iterator

import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from tests.harness import servers, templates

#: `owner` stays closed: the product never uses it, and a test that needs it asks for `owner_connection`.
_DATABASES = ["default", "keys"]
_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "admin_user"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give every test that uses the database both of them; pytest-django's own default is `default` alone."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if marker is None and not _DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            continue
        options = {"databases": _DATABASES} | (dict(marker.kwargs) if marker else {})
        item.add_marker(pytest.mark.django_db(*(marker.args if marker else ()), **options), append=False)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """This process's databases, fresh from the templates. Their names are the ones the settings already have."""
    servers.create_databases()
    yield
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        from django.db import connections

        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # see tests/harness/browser.py
        connections.close_all()


@pytest.fixture(autouse=True)
def _emptied_after_commits(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty both databases after a test that could commit. It runs after pytest-django has let go of its connections."""
    yield
    if _may_commit(request.node):
        for database in servers.database_names():
            with servers.cluster().connect(database) as connection:
                templates.empty(connection)


@pytest.fixture(autouse=True)
def _keys_forgotten() -> Iterator[None]:
    """Empty the keyring's memory after each test: the rows of its keys are gone by then."""
    yield
    from core.vault import keyring

    keyring.forget_all()


@pytest.fixture
def superuser(django_db_setup: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """An autocommit connection to the data database that no policy binds: to look behind the wall."""
    with servers.cluster().connect(servers.database_names()[0]) as connection:
        yield connection


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """An autocommit connection to the data database as the role that owns the tables."""
    with psycopg.connect(os.environ["CHATZEE_DATABASE_OWNER_URL"], autocommit=True) as connection:
        yield connection


def _may_commit(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    asked = marker is not None and (marker.kwargs.get("transaction", False) or True in marker.args[:1])
    return asked or bool({"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())))
