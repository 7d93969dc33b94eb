"""Row-level security: the second wall, put up by `manage.py prepare` after every migration.

Every table with a `workspace_id` gets forced policies: the app's role sees the rows of the workspace named in
`app.workspace`, the crossing role sees all of them. The roles own nothing and cannot bypass policies.
"""

from collections.abc import Iterator

from django.apps import apps
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from core.tenancy.scope import CROSSING_ROLE

APP_ROLE = "chatzee_app"

#: Evaluated once per statement (the sub-select makes it an InitPlan), and NULL, so no row, without a scope.
_SCOPE = "(SELECT nullif(current_setting('app.workspace', true), '')::uuid)"


def tenant_models() -> Iterator[tuple[type[models.Model], str]]:
    """Every concrete model with a `workspace_id` column (or the one its `row_security_column` names), with it."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label == "vault" or model._meta.proxy or not model._meta.managed:
            continue
        column = getattr(model, "row_security_column", "workspace_id")
        if any(field.column == column for field in model._meta.local_concrete_fields):
            yield model, column


def append_only_models() -> Iterator[type[models.Model]]:
    """Models whose rows the app may add and read, never change: they say so by `append_only = True`."""
    for model in apps.get_models():
        if getattr(model, "append_only", False):
            yield model


def put_up(connection: BaseDatabaseWrapper) -> int:
    """(Re)create grants and policies as the owner; return how many tables are behind the wall. Safe to repeat."""
    count = 0
    with connection.cursor() as cursor:
        for role in (APP_ROLE, CROSSING_ROLE):
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {role}")
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
            cursor.execute(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
        for model in append_only_models():
            cursor.execute(f'REVOKE UPDATE, DELETE ON "{model._meta.db_table}" FROM {APP_ROLE}, {CROSSING_ROLE}')
        for model, column in tenant_models():
            in_scope = f"{column} = {_SCOPE}"
            table = f'"{model._meta.db_table}"'
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            cursor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            cursor.execute(f"DROP POLICY IF EXISTS in_scope ON {table}")
            cursor.execute(f"DROP POLICY IF EXISTS crossing ON {table}")
            cursor.execute(f"CREATE POLICY in_scope ON {table} TO {APP_ROLE} USING ({in_scope}) WITH CHECK ({in_scope})")
            cursor.execute(f"CREATE POLICY crossing ON {table} TO {CROSSING_ROLE} USING (true) WITH CHECK (true)")
            count += 1
    return count
