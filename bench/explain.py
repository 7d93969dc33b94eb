"""What the product's own statements cost Postgres: run again under EXPLAIN (ANALYZE, BUFFERS), as the same role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

#: Statements that only steer the transaction.
_STEERING = ("SELECT set_config", "SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")


class Recorder:
    """Keeps the statements that went to the databases while it was on."""

    def __init__(self) -> None:
        self.statements: list[tuple[str, str, Any]] = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not str(sql).startswith(_STEERING):
            self.statements.append((context["connection"].alias, str(sql), params))
        return execute(sql, params, many, context)

    def __len__(self) -> int:
        return len(self.statements)


@contextmanager
def recorded() -> Iterator[Recorder]:
    """Record the statements of both databases, those that steer transactions left out."""
    recorder = Recorder()
    with connections["default"].execute_wrapper(recorder), connections["keys"].execute_wrapper(recorder):
        yield recorder


def buffers_of(statement: tuple[str, str, Any]) -> int:
    """The buffers that a statement of the data database touches. Call it in the scope in which it was run.

    It is explained twice: the first time may also read the catalogue's pages for planning.
    """
    _alias, sql, params = statement
    found = 0
    for _attempt in range(2):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
            row = cursor.fetchone()
        assert row is not None
        plan = row[0][0]["Plan"]
        found = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    return int(found)
