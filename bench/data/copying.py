"""Loading a part: COPY into each table in one transaction, with the part's own mark in it."""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from bench.data.columns import COLUMNS
from bench.data.rows import Row, Tables
from bench.data.sizes import Part


def copy_part(connection: psycopg.Connection[Any], part: Part, tables: Tables) -> None:
    """Load a part and mark it as done, all or nothing."""
    batches = (tables.contacts, tables.identities, tables.conversations, tables.links, tables.messages, tables.words)
    with connection.transaction():
        for table, rows in zip(COLUMNS, batches, strict=True):
            _copy(connection, table, rows)
        connection.execute("INSERT INTO bench.part (workspace, start) VALUES (%s, %s)", [part.workspace, part.start])


def _copy(connection: psycopg.Connection[Any], table: str, rows: list[Row]) -> None:
    columns = COLUMNS[table]
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)) as copy,
    ):
        for row in rows:
            copy.write_row([Jsonb(row[name]) if name == "read_seqs" else row[name] for name in columns])
