"""The wall in the database: whatever SQL reaches it, a workspace's rows are seen and written in its own scope only."""

from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from core.tenancy import ScopeError, crossing, scope
from core.tenancy.models import WorkspaceModel
from core.tenancy.row_security import append_only_models, tenant_models
from tests.isolation.busy import Busy, make_busy

pytestmark = pytest.mark.django_db(transaction=True)

TENANT = sorted(tenant_models(), key=lambda found: found[0]._meta.label)
#: Tables that plain use fills only later; their walls are checked in the catalogue all the same.
UNUSED = {"core.EventCursor"}


@pytest.fixture
def pair() -> tuple[Busy, Busy]:
    return make_busy("Loja Azul"), make_busy("Casa Verde")


def one(sql: str, parameters: list[Any] | None = None) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()[0]


def refused(sql: str, parameters: list[Any] | None = None) -> bool:
    """Whether Postgres refuses a statement outright, for want of a privilege or against a policy."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, parameters)
    except DatabaseError as error:
        return isinstance(error.__cause__, psycopg.errors.InsufficientPrivilege)
    return False


def touched(sql: str, parameters: list[Any] | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def test_every_tenant_table_has_forced_policies(superuser: psycopg.Connection[Any]) -> None:
    for model, column in TENANT:
        row = superuser.execute(
            "SELECT relrowsecurity, relforcerowsecurity, relowner::regrole::text FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        ).fetchone()
        assert row == (True, True, "chatzee_owner"), model._meta.label
        policies = superuser.execute(
            "SELECT policyname, roles::text[], cmd, permissive, qual = with_check, qual FROM pg_policies"
            " WHERE tablename = %s ORDER BY policyname",
            [model._meta.db_table],
        ).fetchall()
        crossing_one, scoped = policies
        assert crossing_one == ("crossing", ["chatzee_crossing"], "ALL", "PERMISSIVE", True, "true")
        assert scoped[:5] == ("in_scope", ["chatzee_app"], "ALL", "PERMISSIVE", True)
        assert scoped[5].startswith(f"({column} = ")
        assert "app.workspace" in scoped[5]


def test_no_table_with_a_workspace_is_left_out(superuser: psycopg.Connection[Any]) -> None:
    found = superuser.execute(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'workspace_id'"
    ).fetchall()
    walled = {model._meta.db_table for model, _column in TENANT}
    # The vault's tests put a model of their own into the process; its table is no product's.
    assert {name for (name,) in found if not name.startswith("vault_test_")} <= walled
    assert {model for model in apps.get_models() if issubclass(model, WorkspaceModel)} <= {model for model, _column in TENANT}


def test_app_role_owns_nothing_and_bypasses_nothing(superuser: psycopg.Connection[Any]) -> None:
    roles = superuser.execute(
        "SELECT rolname, rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb, rolcanlogin FROM pg_roles"
        " WHERE rolname LIKE 'chatzee%' ORDER BY rolname"
    ).fetchall()
    assert roles == [
        ("chatzee_app", False, True),
        ("chatzee_crossing", False, False),
        ("chatzee_keys", False, True),
        ("chatzee_owner", False, True),
    ]
    owned = "SELECT count(*) FROM pg_class WHERE relowner::regrole::text IN ('chatzee_app', 'chatzee_crossing')"
    assert superuser.execute(owned).fetchone() == (0,)


def test_rows_are_seen_in_their_own_scope_only(pair: tuple[Busy, Busy]) -> None:
    mine, other = pair
    for model, column in TENANT:
        table = f'"{model._meta.db_table}"'
        count = f"SELECT count(*) FROM {table} WHERE {column} = %s"
        assert one(f"SELECT count(*) FROM {table}") == 0, f"{model._meta.label} without a scope"
        with crossing("count all rows"):
            present = one(count, [mine.workspace.pk])
        assert (present > 0) != (model._meta.label in UNUSED), f"{model._meta.label} has {present} rows in a busy workspace"
        with scope(other.workspace.pk):
            assert one(count, [mine.workspace.pk]) == 0, model._meta.label
        with scope(mine.workspace.pk):
            assert one(f"SELECT count(*) FROM {table}") == present, model._meta.label


def test_rows_of_others_cannot_be_written(pair: tuple[Busy, Busy], superuser: psycopg.Connection[Any]) -> None:
    mine, other = pair
    append_only = set(append_only_models())
    for model, column in TENANT:
        table, label = f'"{model._meta.db_table}"', model._meta.label
        row = superuser.execute(f"SELECT to_jsonb(t)::text FROM {table} t WHERE {column} = %s", [mine.workspace.pk]).fetchone()
        with scope(other.workspace.pk):
            if row is not None:
                insert = f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, %s::jsonb)).*"
                assert refused(insert, [row[0]]), f"{label}: a row for another workspace was taken"
            move, drop = f"UPDATE {table} SET {column} = %s", f"DELETE FROM {table} WHERE {column} = %s"
            if model in append_only:
                assert refused(move, [mine.workspace.pk])
                assert refused(drop, [other.workspace.pk])
                continue
            if label not in UNUSED:
                assert refused(move, [mine.workspace.pk]), f"{label}: a row was moved to another workspace"
            assert touched(drop, [mine.workspace.pk]) == 0, label
            assert touched(f"{move} WHERE {column} = %s", [other.workspace.pk, mine.workspace.pk]) == 0, label


def test_append_only_tables_refuse_changes_even_while_crossing(pair: tuple[Busy, Busy]) -> None:
    found = list(append_only_models())
    assert {model._meta.label for model in found} >= {"core.AuditEntry", "core.AuditSeal"}
    for model in found:
        table = f'"{model._meta.db_table}"'
        with crossing("try to change the trail"):
            assert refused(f"DELETE FROM {table}")
            assert refused(f"UPDATE {table} SET id = id")


def managed() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if issubclass(model, WorkspaceModel)]


@pytest.mark.parametrize("model", managed(), ids=lambda model: model._meta.label)
def test_managers_refuse_to_work_without_a_scope(model: type[models.Model]) -> None:
    with pytest.raises(ScopeError):
        model._default_manager.first()


def test_row_of_another_workspace_is_not_saved(pair: tuple[Busy, Busy]) -> None:
    mine, other = pair
    with scope(other.workspace.pk), pytest.raises(ScopeError):
        mine.conversation.save(update_fields=["priority"])
