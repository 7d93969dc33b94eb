"""Connecting inboxes to their platforms: asked for by a person, done by a worker, shown by the inbox's health."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.utils import timezone

from channels_app.contract import ChannelError, Connection, Feature, InboxConfig
from channels_app.models import InboxHealth
from channels_app.registry import adapter_of, config_of
from channels_app.services import accounts, health
from chatzee.env import env
from conversations.models import Inbox
from core.events import publish
from core.tenancy import crossing, scope
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
        _connected(config, connection)


def renew_due() -> int:
    """Renew the credentials that have used up half of their time; return how many there were."""
    now = Value(timezone.now())
    with crossing("find credentials that expire"):
        # Half of the time has passed when as much lies behind as ahead.
        left = ExpressionWrapper(F("expires_at") - now, DurationField())
        past = ExpressionWrapper(now - F("connected_at"), DurationField())
        due = InboxHealth.objects.filter(stopped_at=None, inbox__is_enabled=True).alias(left=left, past=past)
        found = list(due.filter(left__lte=F("past")).values_list("workspace_id", "inbox_id"))
    for workspace_id, inbox_id in found:
        renew(workspace_id, inbox_id)
    return len(found)


def renew(workspace_id: UUID, inbox_id: UUID) -> None:
    """Renew an inbox's credentials where its channel can. Void ones stop the inbox: a person has to connect it."""
    found = _found(workspace_id, inbox_id, is_enabled=True)
    if found is None:
        return
    channel, config = found
    try:
        connection = adapter_of(channel).refresh(config)
    except ChannelError as error:
        log.info("connecting.not_renewed", inbox=str(inbox_id), code=error.code)
        with scope(workspace_id):
            health.heard_nothing(Inbox.objects.get(pk=inbox_id), error)
    else:
        if connection is not None:
            _connected(config, connection)


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


def _connected(config: InboxConfig, connection: Connection) -> None:
    """Keep what connecting gave; that another inbox is this account already is a verdict too."""
    try:
        with scope(config.workspace_id):
            inbox = Inbox.objects.select_for_update().get(pk=config.id)
            if connection.choices:
                _offer(inbox, connection)
                return
            accounts.keep_account(inbox, connection)
            inbox.settings = {**inbox.settings, **connection.settings, "choices": {}}
            inbox.save(update_fields=["settings"])
            name, ends = str(connection.words), connection.expires_at
            health.connected(inbox, account=name, expires_at=ends, facts=connection.facts)
            publish("inbox.changed", inbox_id=inbox.pk)
            if Feature.TEMPLATES in adapter_of(inbox.channel).capabilities.features:
                arguments = (str(inbox.workspace_id), str(inbox.pk))
                transaction.on_commit(partial(wake_up, "channels_app.tasks.sync_templates", *arguments), robust=True)
    except ChannelError as error:
        _failed(config, error)


def _offer(inbox: Inbox, connection: Connection) -> None:
    """Keep an access that is good for several accounts until a person has chosen; the only one needs no choice."""
    only = next(iter(connection.choices)) if len(connection.choices) == 1 else None
    chosen = adapter_of(inbox.channel).chosen(only) if only else {}
    inbox.settings = {**inbox.settings, **connection.settings, **chosen, "choices": {} if only else dict(connection.choices)}
    inbox.save(update_fields=["settings"])
    if only:
        ask_to_connect(inbox)
    else:
        health.not_connected(inbox, ChannelError("choose_account"))


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
