"""Names of people whom a platform's webhooks do not name: asked for once, after their first message."""

from collections.abc import Iterable, Sequence
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


def ask_for_names(inbox: Inbox, contacts: Iterable[Contact | None]) -> None:
    """Have a worker ask the platform who the nameless ones of those who just wrote are, after commit, at most once a day."""
    if type(adapter_of(inbox.channel)).describe is Adapter.describe:
        return
    nameless = {contact.pk for contact in contacts if contact is not None and not contact.name}
    if nameless:
        known = ContactIdentity.objects.filter(inbox=inbox, contact__in=nameless, same_as=None)
        identities = list(known.order_by("contact_id", "id").distinct("contact_id").values_list("id", flat=True))
        transaction.on_commit(partial(_ask, inbox.workspace_id, identities), robust=True)


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


def _ask(workspace_id: UUID, identities: Sequence[UUID]) -> None:
    for identity in identities:
        if _is_first(identity):
            wake_up("channels_app.tasks.describe_person", str(workspace_id), str(identity))


def _is_first(identity: UUID) -> bool:
    try:
        return bool(valkey().set(f"profile:{identity}", 1, nx=True, ex=ASK_AGAIN))
    except RedisError:
        return False
