"""What the database holds of a set: a fingerprint of what shaped it, the parts that are in, the indexes set aside."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from bench.data.columns import COLUMNS
from bench.data.sizes import Size

#: Sources that decide what a loaded row looks like.
_SHAPING = (
    *(f"bench/data/{name}.py" for name in ("cast", "columns", "rows", "sealed", "sizes", "words")),
    "conversations/words.py",
    "core/vault/sealing.py",
    "core/vault/blind.py",
)

type Connection = psycopg.Connection[Any]


def fingerprint(connection: Connection, size: Size) -> str:
    """A digest of the generator, of what seals and cuts words, and of the columns of the loaded tables."""
    digest = hashlib.sha256(repr(size).encode())
    root = Path(__file__).parents[2]
    for name in _SHAPING:
        digest.update((root / name).read_bytes())
    columns = connection.execute(
        "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = ANY(%s) ORDER BY 1, 2",
        [list(COLUMNS)],
    )
    digest.update(repr(columns.fetchall()).encode())
    return digest.hexdigest()[:16]


def begin(connection: Connection, mark: str) -> None:
    """Make the set's own tables; a set of another fingerprint is emptied first."""
    connection.execute("CREATE SCHEMA IF NOT EXISTS bench")
    connection.execute("CREATE TABLE IF NOT EXISTS bench.manifest (mark text, complete boolean)")
    connection.execute("CREATE TABLE IF NOT EXISTS bench.part (workspace int, start int, PRIMARY KEY (workspace, start))")
    connection.execute("CREATE TABLE IF NOT EXISTS bench.index (definition text)")
    found = connection.execute("SELECT mark FROM bench.manifest").fetchone()
    if found is None or found[0] != mark:
        _empty(connection)
        connection.execute("INSERT INTO bench.manifest VALUES (%s, false)", [mark])


def is_complete(connection: Connection) -> bool:
    """Whether everything is loaded and indexed."""
    return connection.execute("SELECT 1 FROM bench.manifest WHERE complete").fetchone() is not None


def finished_parts(connection: Connection) -> set[tuple[int, int]]:
    return set(connection.execute("SELECT workspace, start FROM bench.part").fetchall())


def set_indexes_aside(connection: Connection) -> None:
    """Drop the secondary indexes of the loaded tables (no constraints) and remember them."""
    found = connection.execute(
        "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename = ANY(%s) "
        "AND NOT EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class k ON k.oid = c.conindid WHERE k.relname = i.indexname) "
        "AND i.indexdef NOT LIKE 'CREATE UNIQUE%%'",
        [list(COLUMNS)],
    ).fetchall()
    for name, definition in found:
        with connection.transaction():
            connection.execute("INSERT INTO bench.index VALUES (%s)", [definition])
            connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))


def finish(connection: Connection) -> None:
    """Build the indexes again, gather statistics, and call the set complete."""
    connection.execute("SET maintenance_work_mem = '1GB'")
    for (definition,) in connection.execute("SELECT definition FROM bench.index").fetchall():
        with connection.transaction():
            connection.execute(definition)
            connection.execute("DELETE FROM bench.index WHERE definition = %s", [definition])
    for table in COLUMNS:
        connection.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
    connection.execute("CHECKPOINT")
    connection.execute("UPDATE bench.manifest SET complete = true")


def _empty(connection: Connection) -> None:
    tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'django_%%'")
    names = [sql.Identifier(name) for (name,) in tables.fetchall()]
    connection.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.SQL(", ").join(names)))
    connection.execute("TRUNCATE bench.part, bench.manifest")
