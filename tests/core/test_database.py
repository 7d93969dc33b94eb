"""Kept connections: no question to a server that is there, a new connection when it has gone."""

from typing import Any

import psycopg
import pytest
from django.db import connection

from core.database import base
from core.database.base import is_silent

pytestmark = pytest.mark.django_db(transaction=True)


def _next_request() -> int:
    """The process id of the server's end of the connection that a new request uses."""
    wrapper: Any = connection
    wrapper.health_check_enabled, wrapper.health_check_done = True, False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    return int(row[0])


def _terminate(pid: int) -> None:
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        assert other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid]).fetchone() == (True,)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What the server's answers were to the question whether it is there."""
    answers: list[bool] = []
    real = base.DatabaseWrapper.is_usable

    def is_usable(wrapper: Any) -> bool:
        answers.append(real(wrapper))
        return answers[-1]

    monkeypatch.setattr(base.DatabaseWrapper, "is_usable", is_usable)
    return answers


def test_kept_connection_is_used_again_without_asking(asked: list[bool]) -> None:
    first = _next_request()
    assert _next_request() == first
    assert asked == []


def test_connection_that_the_server_ended_is_replaced(asked: list[bool]) -> None:
    first = _next_request()
    _terminate(first)
    assert not is_silent(connection.connection)
    assert _next_request() != first
    assert asked == [False]


def test_connection_that_we_closed_is_replaced(asked: list[bool]) -> None:
    first = _next_request()
    connection.connection.close()
    assert not is_silent(connection.connection)
    assert _next_request() != first
    assert asked == [False]


def test_connection_over_which_something_was_said_is_asked_and_kept(asked: list[bool]) -> None:
    first = _next_request()
    with connection.cursor() as cursor:
        cursor.execute("LISTEN said")
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as other:
        other.execute("NOTIFY said")
    poll = 0
    while is_silent(connection.connection) and poll < 10_000:
        poll += 1
    assert not is_silent(connection.connection)
    assert _next_request() == first
    assert is_silent(connection.connection)
    assert asked == [True]
    with connection.cursor() as cursor:
        cursor.execute("UNLISTEN said")
