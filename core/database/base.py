"""Connections to Postgres that are kept between requests."""

import select

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks the server whether a kept connection lives only when there is a sign that it does not.

    A server that ends a connection, or dies, closes its socket, which can then be read: so does one that has something to say.
    Where nothing can be read, Django's question would be a round trip for every request.
    """

    health_check_enabled: bool
    health_check_done: bool

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and self.health_check_enabled and not self.health_check_done:
            self.health_check_done = is_silent(self.connection)
        super().close_if_health_check_failed()


def is_silent(connection: "psycopg.Connection[object]") -> bool:
    """Whether the server has neither closed an idle connection nor sent anything over it."""
    try:
        place = connection.fileno()
    except psycopg.OperationalError:  # closed on our side
        return False
    poll = select.poll()
    poll.register(place, select.POLLIN)
    return not poll.poll(0)
