"""Inboxes: the list, a new one by its channel, its settings."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import WorkspaceRequest, workspace_view
from accounts.freshness import needs_fresh_factor
from accounts.permissions import Permission
from channels_app.registry import adapter_of, all_adapters, config_of, error_words
from channels_app.services import connecting
from channels_app.services.health import of_inbox as inbox_health
from conversations.models import Inbox, InboxMember
from conversations.services import inboxes as inbox_services
from core.audit import Action, Actor, record
from dashboard.answers import with_toast
from dashboard.forms import InboxForm


@require_GET
@workspace_view(Permission.INBOXES_MANAGE)
def inboxes(request: WorkspaceRequest) -> HttpResponseBase:
    """All inboxes of the workspace."""
    adapters = all_adapters()
    rows = [(inbox, adapters[inbox.channel]) for inbox in Inbox.objects.select_related("team")]
    return render(request, "dashboard/settings/inboxes.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.INBOXES_MANAGE)
def new_inbox(request: WorkspaceRequest) -> HttpResponseBase:
    """A new inbox: choose the channel, name it, set it up."""
    adapters = all_adapters()
    channel = request.POST.get("channel") or request.GET.get("channel") or next(iter(adapters))
    if channel not in adapters:
        raise Http404
    adapter = adapters[channel]
    general = InboxForm(request.POST or None, initial={"name": adapter.name})
    config = adapter.config_form(request.POST or None, prefix="channel")
    if request.method == "POST" and general.is_valid() and config.is_valid():
        inbox = inbox_services.create_inbox(
            channel=channel,
            name=general.cleaned_data["name"],
            team=general.cleaned_data["team"],
            members=general.cleaned_data["members"],
            settings=adapter.new_settings(config.cleaned_data),
            actor=Actor.user(request.user.pk),
        )
        if adapter.connects:
            connecting.ask_to_connect(inbox)
        return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=inbox.pk)
    context = {"general": general, "config": config, "adapter": adapter, "adapters": adapters.values()}
    return render(request, "dashboard/settings/new_inbox.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.INBOXES_MANAGE)
def inbox(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """An inbox's settings: general, agents, and what its channel needs."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    adapter = adapter_of(found.channel)
    data = request.POST or None
    general, config = _forms(found, data)
    is_saved = request.method == "POST" and general.is_valid() and config.is_valid()
    if is_saved:
        inbox_services.change_inbox(
            found,
            name=general.cleaned_data["name"],
            team=general.cleaned_data["team"],
            members=general.cleaned_data["members"],
            settings=config.cleaned_data,
            actor=Actor.user(request.user.pk),
        )
        if adapter.connects:
            connecting.ask_to_connect(found)
            return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=found.pk)
        general, config = _forms(found, None)
    context: dict[str, Any] = {"inbox": found, "adapter": adapter, "general": general, "config": config}
    if adapter.connects:
        context |= _line(found)
    context |= {"setup_template": f"channels/{found.channel}/setup.html", "public_url": settings.CSRF_TRUSTED_ORIGINS[0]}
    page = render(request, "dashboard/settings/inbox.html", context, status=422 if data and not is_saved else 200)
    return with_toast(page, _("Saved")) if is_saved else page


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.INBOXES_MANAGE)
def inbox_connection(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """How an inbox's line to its platform is; a POST has it connected again."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    if request.method == "POST":
        connecting.ask_to_connect(found)
    return render(request, "dashboard/settings/_connection.html", {"inbox": found, **_line(found)})


@require_http_methods(["GET", "POST"])
@workspace_view(Permission.INBOXES_MANAGE)
@needs_fresh_factor
def inbox_secrets(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """The secrets that the channel made for an inbox, to those who show once more who they are."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    secrets = f"channels/{found.channel}/secrets.html"
    try:
        get_template(secrets)
    except TemplateDoesNotExist:
        raise Http404 from None
    record(Action.INBOX_SECRETS_SHOWN, actor=Actor.user(request.user.pk), target=found)
    return render(request, "dashboard/settings/secrets.html", {"inbox": found, "secrets_template": secrets})


@require_POST
@workspace_view(Permission.INBOXES_MANAGE)
def inbox_switch(request: WorkspaceRequest, inbox: UUID) -> HttpResponseBase:
    """Switch an inbox on or off (`on=0`): off, it takes nothing in and sends nothing."""
    found = get_object_or_404(Inbox.objects.all(), pk=inbox)
    is_enabled = request.POST.get("on") == "1"
    inbox_services.switch_inbox(found, is_enabled=is_enabled, actor=Actor.user(request.user.pk))
    if adapter_of(found.channel).connects:
        connecting.switched(found)
    return redirect("dashboard:inbox", workspace=request.workspace.pk, inbox=found.pk)


def _forms(inbox: Inbox, data: QueryDict | None) -> tuple[InboxForm, forms.Form]:
    """What every inbox has, and what its channel needs; filled in with `data`, or with what is stored."""
    members = list(InboxMember.objects.filter(inbox=inbox).values_list("user_id", flat=True))
    general = InboxForm(data, instance=inbox, initial={"members": members})
    return general, adapter_of(inbox.channel).config_form(data, prefix="channel", initial=dict(inbox.settings))


def _line(inbox: Inbox) -> dict[str, Any]:
    """What the page says of an inbox's line to its platform."""
    health, adapter = inbox_health(inbox), adapter_of(inbox.channel)
    return {
        "adapter": adapter,
        "health": health,
        "error_words": error_words(inbox.channel, health.error_code),
        "facts": [(adapter.fact_names[name], value) for name, value in health.facts.items() if name in adapter.fact_names],
        "choices": list(inbox.settings.get("choices", {}).items()),
        "sign_in": adapter.sign_in_name(config_of(inbox)),
    }
