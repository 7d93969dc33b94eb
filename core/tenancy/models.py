"""The base of every tenant model."""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.fetch_modes import FETCH_PEERS

from core.ids import new_id
from core.tenancy.scope import ScopeError, current_scope, current_workspace_id


class WorkspaceQuerySet[M: models.Model](models.QuerySet[M]):
    """A queryset of tenant rows; relations and keys of rows loaded together are fetched together."""

    def create(self, **kwargs: Any) -> M:
        kwargs.setdefault("workspace_id", current_workspace_id())
        return super().create(**kwargs)


class WorkspaceManager[M: models.Model](models.Manager[M]):
    """Filters by the workspace in scope, and refuses to build a query outside a scope."""

    def get_queryset(self) -> models.QuerySet[M]:
        found = current_scope()
        queryset = super().get_queryset().fetch_mode(FETCH_PEERS)
        return queryset if found.workspace_id is None else queryset.filter(workspace_id=found.workspace_id)


class WorkspaceModel(models.Model):
    """A row that belongs to one workspace. `id` is a UUIDv7; `workspace_id` defaults to the scope's workspace."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    workspace = models.ForeignKey(
        "accounts.Workspace", on_delete=models.PROTECT, db_index=False, related_name="+", editable=False
    )

    objects = WorkspaceManager.from_queryset(WorkspaceQuerySet)()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        workspace_id: UUID | None = self.workspace_id
        found = current_scope()
        if workspace_id is None:
            self.workspace_id = current_workspace_id()
        elif found.workspace_id is not None and workspace_id != found.workspace_id:
            raise ScopeError("This row belongs to another workspace than the one in scope.")
        super().save(*args, **kwargs)
