"""Providers of a workspace: setting them up, checking them, and which model does a task."""

from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.models import Provider, ProviderModel, TaskModel
from ai.providers.contract import ProviderError
from ai.purposes import Task
from core.audit import Actor, record
from core.tenancy import scope
from core.wakeup import wake_up


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


def model_by(workspace_id: UUID, model_id: UUID) -> Chosen | None:
    """A model by its id, whatever its task; None where it is gone or its provider is switched off."""
    with scope(workspace_id):
        found = ProviderModel.objects.select_related("provider").filter(pk=model_id, provider__is_enabled=True).first()
        return _chosen(found) if found else None


@transaction.atomic
def save_provider(provider: Provider, values: dict[str, Any], *, actor: Actor) -> Provider:
    """Add a provider, or change it, and have it checked. An empty key keeps the one that is there."""
    is_new = provider._state.adding
    if not values.get("key"):
        values = {name: value for name, value in values.items() if name != "key"}
    for name, value in values.items():
        setattr(provider, name, value)
    if is_new:
        provider.save(force_insert=True)
    else:
        provider.save(update_fields=list(values))
    record("ai.provider_added" if is_new else "ai.provider_changed", actor=actor, target=provider, fields=sorted(values))
    ask_to_check(provider)
    return provider


@transaction.atomic
def delete_provider(provider: Provider, *, actor: Actor) -> None:
    """Forget a provider with its key and models; the ledger keeps what it was sent."""
    record("ai.provider_removed", actor=actor, target=provider)
    provider.delete()


def ask_to_check(provider: Provider) -> None:
    """Have a worker check a provider once the open transaction has committed."""
    provider.check_code, provider.checked_at = Provider.RUNNING, timezone.now()
    provider.save(update_fields=["check_code", "checked_at"])
    task = partial(wake_up, "ai.tasks.check_provider", str(provider.workspace_id), str(provider.pk), expires=60)
    transaction.on_commit(task, robust=True)


def check_provider(workspace_id: UUID, provider_id: UUID) -> None:
    """Ask a provider for its models and note what came of it. Nobody's data are sent. Never inside a scope."""
    from ai.providers.client import Server, list_models

    with scope(workspace_id):
        provider = Provider.objects.filter(pk=provider_id).first()
        if provider is None:
            return
        server = Server(provider.base_url, provider.key)
    values: dict[str, Any] = {"check_code": Provider.OK}
    try:
        values["listed"] = list_models(server)
    except ProviderError as error:
        values["check_code"] = str(error.reason)
    with scope(workspace_id):
        Provider.objects.filter(pk=provider_id, base_url=server.base_url).update(**values, checked_at=timezone.now())


@transaction.atomic
def save_model(
    provider: Provider,
    name: str,
    *,
    price_in_micros: int | None,
    price_out_micros: int | None,
    actor: Actor,
    is_chosen: bool = True,
) -> ProviderModel:
    """Add a model of a provider, or change its prices. The workspace's first model does every task, if `is_chosen`."""
    prices = {"price_in_micros": price_in_micros, "price_out_micros": price_out_micros}
    model, _is_new = ProviderModel.objects.update_or_create(provider=provider, name=name, defaults=prices)
    if is_chosen and not TaskModel.objects.filter(task="").exists():
        choose_model("", model, actor=actor)
    record("ai.model_saved", actor=actor, target=model, has_price=None not in prices.values())
    return model


@transaction.atomic
def remove_model(model: ProviderModel, *, actor: Actor) -> None:
    """Forget a model, and its tasks with it."""
    record("ai.model_removed", actor=actor, target=model)
    model.delete()


@transaction.atomic
def choose_model(task: str, model: ProviderModel | None, *, actor: Actor) -> None:
    """Let a model do a task (empty: every task without one of its own); None: none."""
    if model is None:
        TaskModel.objects.filter(task=task).delete()
    else:
        TaskModel.objects.update_or_create(task=task, defaults={"model": model})
    record("ai.model_chosen", actor=actor, target=model, task=task or "all")


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
