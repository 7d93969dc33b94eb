"""Providers: the list, one with its key, check and models, and which model does which task."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.permissions import Permission
from ai.models import Provider, ProviderModel, TaskModel
from ai.providers.wording import words_of
from ai.purposes import Task
from ai.services import providers as services
from ai.services.changes import is_measured
from ai.services.settings import settings_of
from ai.services.submitting import change_model
from core.audit import Actor
from dashboard.ai_forms import PriceForm, ProviderForm
from dashboard.answers import done
from dashboard.evaluation_words import measured_first
from dashboard.filters import uuid_or_none
from dashboard.money import amount_of, micros_of

#: Starts that fill the form: name and address. Any other server that speaks the same API will do.
PRESETS = {
    "openai": ("OpenAI", "https://api.openai.com/v1"),
    "mistral": ("Mistral", "https://api.mistral.ai/v1"),
    "openrouter": ("OpenRouter", "https://openrouter.ai/api/v1"),
    "ollama": ("Ollama", "http://localhost:11434/v1"),
    "own": ("", ""),
}


@require_GET
@workspace_view(Permission.AI_MANAGE)
def providers(request: WorkspaceRequest) -> HttpResponseBase:
    """All providers, and the tasks."""
    rows = list(Provider.objects.prefetch_related("models"))
    chosen = {row.task: row.model_id for row in TaskModel.objects.all()}
    models = [model for row in rows for model in row.models.all()]
    tasks = [{"value": one.value, "label": one.label, "model": chosen.get(one.value)} for one in Task]
    context = {"rows": rows, "models": models, "tasks": tasks, "general": chosen.get("")}
    return render(request, "dashboard/settings/ai/providers.html", context)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def new_provider(request: WorkspaceRequest) -> HttpResponseBase:
    """A new provider; it is checked as soon as it is saved."""
    preset = request.GET.get("preset", "openai")
    name, url = PRESETS.get(preset, PRESETS["own"])
    form = ProviderForm(request.POST or None, instance=Provider(), initial={"name": name, "base_url": url, "most_at_once": 4})
    if request.method == "POST" and form.is_valid():
        found = services.save_provider(Provider(), form.cleaned_data, actor=Actor.user(request.user.pk))
        return redirect("dashboard:ai-provider", workspace=request.workspace.pk, provider=found.pk)
    context = {"form": form, "presets": PRESETS, "preset": preset}
    return render(request, "dashboard/settings/ai/new_provider.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def provider(request: WorkspaceRequest, provider: UUID) -> HttpResponseBase:
    """One provider."""
    found = get_object_or_404(Provider.objects.all(), pk=provider)
    form = ProviderForm(request.POST or None, instance=get_object_or_404(Provider.objects.all(), pk=provider))
    if request.method == "POST" and form.is_valid():
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        if changed:
            services.save_provider(found, changed, actor=Actor.user(request.user.pk))
        return redirect("dashboard:ai-provider", workspace=request.workspace.pk, provider=found.pk)
    return _page(request, found, form=form)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def provider_removal(request: WorkspaceRequest, provider: UUID) -> HttpResponseBase:
    """Forget a provider and its key."""
    services.delete_provider(get_object_or_404(Provider.objects.all(), pk=provider), actor=Actor.user(request.user.pk))
    return redirect("dashboard:ai-providers", workspace=request.workspace.pk)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.AI_MANAGE)
def provider_check(request: WorkspaceRequest, provider: UUID) -> HttpResponseBase:
    """How the last check went; a POST checks again."""
    found = get_object_or_404(Provider.objects.all(), pk=provider)
    if request.method == "POST":
        services.ask_to_check(found)
    return render(request, "dashboard/settings/ai/_check.html", {"provider": found, "check_words": words_of(found.check_code)})


@require_POST
@workspace_view(Permission.AI_MANAGE)
def provider_models(request: WorkspaceRequest, provider: UUID) -> HttpResponseBase:
    """Add a model or change its prices; with `remove`, forget one."""
    found = get_object_or_404(Provider.objects.all(), pk=provider)
    actor = Actor.user(request.user.pk)
    if "remove" in request.POST:
        model = get_object_or_404(ProviderModel.objects.filter(provider=found), pk=uuid_or_none(request.POST["remove"]))
        services.remove_model(model, actor=actor)
        return redirect("dashboard:ai-provider", workspace=request.workspace.pk, provider=found.pk)
    form = PriceForm(request.POST)
    if not form.is_valid():
        return _page(request, found, prices=form)
    saved = services.save_model(
        found,
        form.cleaned_data["model"],
        price_in_micros=micros_of(form.cleaned_data["price_in"]),
        price_out_micros=micros_of(form.cleaned_data["price_out"]),
        actor=actor,
        is_chosen=not is_measured(),
    )
    if is_measured() and not TaskModel.objects.filter(task="").exists() and (change := change_model("", saved, by=request.user)):
        messages.info(request, measured_first(change))
    return redirect("dashboard:ai-provider", workspace=request.workspace.pk, provider=found.pk)


@require_POST
@workspace_view(Permission.AI_MANAGE)
def task_model(request: WorkspaceRequest) -> HttpResponseBase:
    """Which model does a task; each choice saves itself."""
    task = request.POST.get("task", "")
    if task not in {"", *Task.values}:
        raise Http404
    wanted = uuid_or_none(request.POST.get("model", ""))
    model = None if wanted is None else get_object_or_404(ProviderModel.objects.all(), pk=wanted)
    change = change_model(task, model, by=request.user)
    return done() if change is None else done(measured_first(change), tone="note")


def _page(
    request: WorkspaceRequest, found: Provider, *, form: ProviderForm | None = None, prices: PriceForm | None = None
) -> HttpResponseBase:
    models = [(one, amount_of(one.price_in_micros), amount_of(one.price_out_micros)) for one in found.models.all()]
    context: dict[str, Any] = {
        "provider": found,
        "form": form or ProviderForm(instance=found),
        "prices": prices or PriceForm(),
        "models": models,
        "listed": [name for name in found.listed if name not in {one.name for one, _in, _out in models}],
        "currency": settings_of().currency,
        "check_words": words_of(found.check_code),
    }
    is_wrong = any(one is not None and one.errors for one in (form, prices))
    return render(request, "dashboard/settings/ai/provider.html", context, status=422 if is_wrong else 200)
