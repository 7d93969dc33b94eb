"""Migrated template databases, one pair per state of the code that shapes the schema."""

import psycopg
from psycopg import sql

from chatzee.embedded import roles
from chatzee.embedded.roles import Connection

_DRAFTS = ("chatzee_draft", "chatzee_keys_draft")


def names(mark: str) -> tuple[str, str]:
    """The data and keys template of a fingerprint."""
    return f"template_{mark}", f"template_keys_{mark}"


def exist(connection: Connection, mark: str) -> bool:
    found = connection.execute("SELECT count(*) FROM pg_database WHERE datname = ANY(%s)", [list(names(mark))]).fetchone()
    return found == (2,)


def begin(connection: Connection) -> tuple[str, str]:
    """Drop drafts and templates of other states of the code; return the names of the drafts to fill."""
    stale = connection.execute(
        "SELECT datname FROM pg_database WHERE datname LIKE 'template\\_%%' AND NOT datistemplate OR datname = ANY(%s)",
        [list(_DRAFTS)],
    ).fetchall()
    for (name,) in stale:
        _drop(connection, str(name))
    return _DRAFTS


def open_for_tests(connection: Connection) -> None:
    """Let the app's role empty tables: Django's flush between transactional tests does it by TRUNCATE."""
    connection.execute(sql.SQL("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO {}").format(sql.Identifier(roles.APP)))


def finish(connection: Connection, mark: str, *, data: str, keys: str) -> None:
    """Name the filled drafts as the templates of this fingerprint: from here on they are never written again."""
    for draft, template in zip((data, keys), names(mark), strict=True):
        connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(template)))


def copy(connection: Connection, mark: str, *, data: str, keys: str) -> None:
    """Make a worker's pair of databases from the templates, replacing those of the run before."""
    owners = (roles.OWNER, roles.KEYS)
    guests: tuple[list[str], list[str]] = ([roles.APP], [])
    for target, template, owner, allowed in zip((data, keys), names(mark), owners, guests, strict=True):
        _drop(connection, target)
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY FILE_COPY").format(
                sql.Identifier(target), sql.Identifier(owner), sql.Identifier(template)
            )
        )
        roles.close_to_others(connection, target, guests=allowed)


def empty(connection: Connection) -> None:
    """Delete the rows of every table the migrations left empty; `connection` is a superuser's, to one database.

    Triggers and foreign keys rest meanwhile, so append-only tables and protected rows go too. Tables that migrations
    fill (permissions, content types) keep their rows.
    """
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"
    ).fetchall()
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL lock_timeout = '10s'")
        for (table,) in tables:
            found = connection.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(str(table)))).fetchone()
            if found == (True,):
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(str(table))))


def _drop(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
