"""Roles and databases of a cluster: what a server's administrator would make by hand (see docs/operations.md)."""

import psycopg
from psycopg import sql

OWNER = "chatzee_owner"
APP = "chatzee_app"
CROSSING = "chatzee_crossing"
KEYS = "chatzee_keys"
EXTENSIONS = ("vector", "pg_trgm", "unaccent", "btree_gin", "pg_stat_statements")

type Connection = psycopg.Connection[tuple[object, ...]]


def put_up_roles(connection: Connection, passwords: dict[str, str]) -> None:
    """Create or refresh the four roles. Safe to repeat; `passwords` has one for each role that signs in."""
    for role in (OWNER, APP, KEYS):
        _ensure_role(connection, role)
        connection.execute(
            sql.SQL("ALTER ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD {}").format(
                sql.Identifier(role), sql.Literal(passwords[role])
            )
        )
    _ensure_role(connection, CROSSING)
    connection.execute(sql.SQL("ALTER ROLE {} NOLOGIN NOSUPERUSER NOBYPASSRLS").format(sql.Identifier(CROSSING)))
    for member in (APP, OWNER):
        connection.execute(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(sql.Identifier(CROSSING), sql.Identifier(member))
        )


def create_databases(connection: Connection, *, data: str, keys: str) -> None:
    """Create both databases where missing, each open to its own role only."""
    for name, owner, guests in ((data, OWNER, [APP]), (keys, KEYS, [])):
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(owner)))
        close_to_others(connection, name, guests=guests)


def close_to_others(connection: Connection, database: str, *, guests: list[str]) -> None:
    """Let nobody but the owner and `guests` connect. A database copied from a template starts open to everybody."""
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(database)))
    for guest in guests:
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(database), sql.Identifier(guest)))


def create_extensions(connection: Connection) -> None:
    """Put the extensions into the data database (only a superuser may); `connection` must be to that database."""
    for extension in EXTENSIONS:
        connection.execute(sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(extension)))


def _ensure_role(connection: Connection, role: str) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
