"""The workspaces as the ground floor sees them: ids only, for sweepers and commands."""

from uuid import UUID

from django.apps import apps

from core.tenancy.scope import crossing


def workspace_ids() -> list[UUID]:
    """The ids of all workspaces, oldest first."""
    workspace = apps.get_model("accounts", "Workspace")
    with crossing("list workspaces"):
        return list(workspace._default_manager.order_by("id").values_list("id", flat=True))
