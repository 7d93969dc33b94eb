"""Names of people whom a platform's webhooks do not name: asked for once, after their first message."""

from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from redis.exceptions import RedisError

from channels_app.contract import Adapter, ChannelError
from channels_app.registry import adapter_of, config_of
from conversations.models import Contact, ContactIdentity, Inbox
from conversations.services import contacts
from core.tenancy import scope
from core.valkey import valkey
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

#: Seconds for which a platform that told nothing is not asked again.
ASK_AGAIN = 24 * 3600


def ask_for_name(inbox: Inbox, contact: Contact) -> None:
    """Have a worker ask the platform who a nameless contact is, after commit, at most once a day."""
    if contact.name or type(adapter_of(inbox.channel)).describe is Adapter.describe:
        return
    identity = ContactIdentity.objects.filter(inbox=inbox, contact=contact, same_as=None).first()
    if identity is not None and _is_first(identity):
        arguments = (str(inbox.workspace_id), str(identity.pk))
        transaction.on_commit(partial(wake_up, "channels_app.tasks.describe_person", *arguments), robust=True)


def describe(workspace_id: UUID, identity_id: UUID) -> None:
    """Ask the platform who an identity is, and keep the name. What hinders it is logged: the contact stays as it is."""
    with scope(workspace_id):
        identity = ContactIdentity.objects.select_related("inbox").filter(pk=identity_id).first()
        if identity is None or identity.inbox is None:
            return
        channel, config, value = identity.inbox.channel, config_of(identity.inbox), identity.value
    try:
        found = adapter_of(channel).describe(value, config)
    except ChannelError as error:
        log.info("profiles.not_described", identity=str(identity_id), code=error.code)
        return
    if found is not None and found.name:
        with scope(workspace_id):
            contacts.resolve_identity(Inbox.objects.get(pk=config.id), found)


def _is_first(identity: ContactIdentity) -> bool:
    try:
        return bool(valkey().set(f"profile:{identity.pk}", 1, nx=True, ex=ASK_AGAIN))
    except RedisError:
        return False
