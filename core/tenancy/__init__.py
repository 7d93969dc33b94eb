"""Tenancy: every query runs inside the scope of one workspace, or not at all.

Two walls. The managers of :class:`~core.tenancy.models.WorkspaceModel` refuse to build a query outside a scope, and
Postgres row-level security shows the app's role no row of another workspace, whatever SQL reaches it.
"""

from core.tenancy.scope import ScopeError, crossing, current_scope, current_workspace_id, is_scoped, scope

__all__ = ["ScopeError", "crossing", "current_scope", "current_workspace_id", "is_scoped", "scope"]
