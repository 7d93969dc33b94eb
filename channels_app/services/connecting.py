"""Connecting inboxes to their platforms: asked for by a person, done by a worker, shown by the inbox's health."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import timezone

from channels_app.contract import ChannelError, InboxConfig
from channels_app.registry import adapter_of, config_of
from channels_app.services import health
from chatzee.env import env
from conversations.models import Inbox
from core.events import publish
from core.tenancy import scope
from core.wakeup import wake_up

log = structlog.get_logger(__name__)


def hook_url(channel: str, key: str) -> str:
    """The public address to which a platform sends an inbox's events."""
    return f"{env.edge_url.rstrip('/')}/hooks/{channel}/{key}"


@transaction.atomic
def ask_to_connect(inbox: Inbox) -> None:
    """Have a worker connect an inbox with its present settings, after commit."""
    found = health.of_inbox(inbox)
    found.connecting_since, found.error_code, found.error_detail = timezone.now(), "", ""
    found.save(update_fields=["connecting_since", "error_code", "error_detail"])
    arguments = (str(inbox.workspace_id), str(inbox.pk))
    transaction.on_commit(partial(wake_up, "channels_app.tasks.connect_inbox", *arguments), robust=True)


def switched(inbox: Inbox) -> None:
    """Connect an inbox that was switched on, disconnect one that was switched off."""
    if inbox.is_enabled:
        ask_to_connect(inbox)
        return
    arguments = (str(inbox.workspace_id), str(inbox.pk))
    transaction.on_commit(partial(wake_up, "channels_app.tasks.disconnect_inbox", *arguments), robust=True)


def connect(workspace_id: UUID, inbox_id: UUID) -> None:
    """Connect an inbox and keep what its platform gave. The verdict stands in its health."""
    found = _found(workspace_id, inbox_id, is_enabled=True)
    if found is None:
        return
    channel, config = found
    try:
        connection = adapter_of(channel).connect(config, hook_url(channel, config.key))
    except ChannelError as error:
        _failed(config, error)
    except Exception as error:  # an adapter's fault is a verdict too
        log.exception("connecting.adapter_failed", inbox=str(inbox_id), error=type(error).__name__)
        _failed(config, ChannelError("internal"))
    else:
        with scope(workspace_id):
            inbox = Inbox.objects.select_for_update().get(pk=inbox_id)
            if connection.settings:
                inbox.settings = {**inbox.settings, **connection.settings}
                inbox.save(update_fields=["settings"])
            health.connected(inbox, account=str(connection.words), expires_at=connection.expires_at)
            publish("inbox.changed", inbox_id=inbox.pk)


def disconnect(workspace_id: UUID, inbox_id: UUID) -> None:
    """Have the platform send nothing more to an inbox that was switched off."""
    found = _found(workspace_id, inbox_id, is_enabled=False)
    if found is None:
        return
    channel, config = found
    try:
        adapter_of(channel).disconnect(config)
    except ChannelError as error:
        log.info("connecting.not_disconnected", inbox=str(inbox_id), code=error.code)


def _found(workspace_id: UUID, inbox_id: UUID, *, is_enabled: bool) -> tuple[str, InboxConfig] | None:
    """An inbox's channel and configuration, if it is still switched on or off as whoever asked had it."""
    with scope(workspace_id):
        inbox = Inbox.objects.filter(pk=inbox_id, is_enabled=is_enabled).first()
        return (inbox.channel, config_of(inbox)) if inbox else None


def _failed(config: InboxConfig, error: ChannelError) -> None:
    with scope(config.workspace_id):
        inbox = Inbox.objects.filter(pk=config.id).first()
        if inbox is not None:
            health.not_connected(inbox, error)
