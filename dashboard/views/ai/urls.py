"""Addresses of AI's settings, below the workspace's."""

from django.urls import path

from dashboard.views.ai import bench, figures, inboxes, intents, ledger, models, providers, settings, spend

urlpatterns = [
    path("assistant/", settings.assistant, name="ai-assistant"),
    path("assistant/switch/", settings.switch, name="ai-switch"),
    path("assistant/voice/", settings.voice, name="ai-voice"),
    path("assistant/hours/", settings.hours, name="ai-hours"),
    path("inboxes/", inboxes.inboxes, name="ai-inboxes"),
    path("inboxes/<uuid:inbox>/", inboxes.inbox, name="ai-inbox"),
    path("inboxes/<uuid:inbox>/switch/", inboxes.inbox_switch, name="ai-inbox-switch"),
    path("providers/", providers.providers, name="ai-providers"),
    path("providers/new/", providers.new_provider, name="ai-new-provider"),
    path("providers/tasks/", providers.task_model, name="ai-task-model"),
    path("providers/<uuid:provider>/", providers.provider, name="ai-provider"),
    path("providers/<uuid:provider>/removal/", providers.provider_removal, name="ai-provider-removal"),
    path("providers/<uuid:provider>/check/", providers.provider_check, name="ai-provider-check"),
    path("providers/<uuid:provider>/models/", providers.provider_models, name="ai-provider-models"),
    path("spend/", spend.spend, name="ai-spend"),
    path("spend/budget/", spend.budget, name="ai-budget"),
    path("ledger/", ledger.ledger, name="ai-ledger"),
    path("ledger/<uuid:use>/text/", ledger.ledger_text, name="ai-ledger-text"),
    path("intents/", intents.intents, name="ai-intents"),
    path("intents/<uuid:intent>/", intents.intent, name="ai-intent"),
    path("figures/", figures.figures, name="ai-figures"),
    path("figures/verdicts/<uuid:proposal>/", figures.verdict, name="ai-figures-verdict"),
    path("try/", bench.bench, name="ai-bench"),
    path("try/trials/", bench.trial, name="ai-trials"),
    path("try/trials/<uuid:assist>/", bench.trial_result, name="ai-trial"),
    path("try/verdicts/<uuid:proposal>/", bench.verdict, name="ai-verdict"),
    path("try/stage/<uuid:inbox>/", bench.stage, name="ai-stage"),
    path("models/", models.models, name="ai-models"),
    path("models/training/", models.training, name="ai-training"),
    path("models/rollback/", models.rollback, name="ai-rollback"),
    path("models/<uuid:model>/", models.model, name="ai-model"),
]
