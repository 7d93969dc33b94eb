"""Providers of a workspace: setting them up, and which model does a task."""

from dataclasses import dataclass
from uuid import UUID

from ai.models import ProviderModel, TaskModel
from ai.purposes import Task
from core.tenancy import scope


@dataclass(frozen=True, slots=True)
class Chosen:
    """A provider's model for a task, with all that a call needs; `key` is the secret. Prices as in `ProviderModel`."""

    provider_id: UUID
    model_id: UUID
    base_url: str
    key: str
    model: str
    structure: str
    price_in_micros: int | None
    price_out_micros: int | None
    most_at_once: int


def model_for(workspace_id: UUID, task: Task) -> Chosen | None:
    """The model that does a task: its own, else the one for every task; None where none is set up or switched on."""
    with scope(workspace_id):
        rows = TaskModel.objects.select_related("model__provider").filter(task__in=("", task), model__provider__is_enabled=True)
        found = sorted(rows, key=lambda row: row.task != task)
        return _chosen(found[0].model) if found else None


def _chosen(model: ProviderModel) -> Chosen:
    provider = model.provider
    return Chosen(
        provider_id=provider.pk,
        model_id=model.pk,
        base_url=provider.base_url,
        key=provider.key,
        model=model.name,
        structure=model.structure,
        price_in_micros=model.price_in_micros,
        price_out_micros=model.price_out_micros,
        most_at_once=provider.most_at_once,
    )
