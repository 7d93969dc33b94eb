"""What earlier runs have left in the data: inboxes that benches made, with everything in them, would be shown and counted."""

from collections.abc import Sequence
from uuid import UUID

import psycopg
from psycopg import sql

type Connection = psycopg.Connection[tuple[object, ...]]

_POINTING = """
    SELECT child.relname, a.attname FROM pg_constraint c
    JOIN pg_class child ON child.oid = c.conrelid JOIN pg_class parent ON parent.oid = c.confrelid
    JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'f' AND parent.relname = %s AND child.relnamespace = 'public'::regnamespace
"""


def remove_leftovers(connection: Connection) -> None:
    """Delete the inboxes that benches made ("Bench …") and the people who wrote there."""
    inboxes = _ids(connection, "SELECT id FROM conversations_inbox WHERE starts_with(name, 'Bench ')")
    people = _ids(connection, "SELECT contact_id FROM conversations_contactidentity WHERE inbox_id = ANY(%s)", inboxes)
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")  # the order is ours; audits guard themselves
        _delete(connection, "conversations_inbox", inboxes)
        _delete(connection, "conversations_contact", people)


def _ids(connection: Connection, query: sql.SQL | sql.Composed | str, *values: object) -> list[UUID]:
    return [row[0] for row in connection.execute(query, values).fetchall() if isinstance(row[0], UUID)]


def _delete(connection: Connection, table: str, ids: Sequence[UUID]) -> None:
    """Delete rows, and first whatever points at them."""
    if not ids:
        return
    for child, column in connection.execute(_POINTING, [table]).fetchall():
        if child != table:
            names = sql.Identifier(str(child)), sql.Identifier(str(column))
            pointing = _ids(connection, sql.SQL("SELECT id FROM {} WHERE {} = ANY(%s)").format(*names), list(ids))
            _delete(connection, str(child), pointing)
    connection.execute(sql.SQL("DELETE FROM {} WHERE id = ANY(%s)").format(sql.Identifier(table)), [list(ids)])
