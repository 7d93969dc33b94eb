"""Providers of language models: whom a workspace has an account with, which models, for which task, at what price."""

from typing import Any

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from ai.purposes import Task
from core.tenancy.models import WorkspaceModel
from core.vault.fields import EncryptedModel, EncryptedTextField


class Provider(EncryptedModel, WorkspaceModel):
    """A server that speaks OpenAI's API. The key is never shown again.

    `check_code` is what the last check found: empty before the first, `running`, `ok`, or a `ProviderError`'s reason; `listed`
    are the models that the server named then.
    """

    RUNNING = "running"
    OK = "ok"

    name = models.CharField(_("name"), max_length=60)
    base_url = models.CharField(_("address"), max_length=300)
    key = EncryptedTextField(_("key"), max_length=400, blank=True)
    is_enabled = models.BooleanField(default=True)
    most_at_once = models.PositiveSmallIntegerField(_("requests at once"), default=4)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_code = models.CharField(max_length=24, blank=True)
    listed: models.JSONField[Any, Any] = models.JSONField(default=list, db_default=Value([], models.JSONField()))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="ai_provider_name")]

    def __str__(self) -> str:
        return self.name


class ProviderModel(WorkspaceModel):
    """A model of a provider. Prices are millionths of the budget's currency for a million tokens; null: not known.

    `structure` is how well the server keeps to a schema, as the product has met it: `json_schema`, `json_object` or `text`.
    """

    class Structure(models.TextChoices):
        SCHEMA = "json_schema"
        OBJECT = "json_object"
        TEXT = "text"

    provider = models.ForeignKey(Provider, on_delete=models.CASCADE, related_name="models")
    name = models.CharField(_("model"), max_length=200)
    price_in_micros = models.BigIntegerField(null=True, blank=True)
    price_out_micros = models.BigIntegerField(null=True, blank=True)
    structure = models.CharField(max_length=11, choices=Structure, default=Structure.SCHEMA)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="ai_model_of_provider")]

    def __str__(self) -> str:
        return self.name


class TaskModel(WorkspaceModel):
    """Which model does a task; `task` empty: every task without a row of its own."""

    task = models.CharField(max_length=9, choices=Task, blank=True)
    model = models.ForeignKey(ProviderModel, on_delete=models.CASCADE, related_name="tasks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "task"], name="ai_model_of_task")]

    def __str__(self) -> str:
        return f"{self.task or 'every task'} by {self.model_id}"
