"""What platforms ask about the people who connected inboxes: that one left our app, or wants their data deleted.

Such a person is the company's, never its customer. Their access is forgotten and the inboxes that stood on it stop, with
one alert each; the customers' conversations are the company's and stay.
"""

import hashlib
import secrets
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from channels_app.contract import ChannelError
from channels_app.models import InboxAccount, PlatformRequest
from channels_app.registry import adapter_of
from channels_app.services import health
from channels_app.services.accounts import owner_hash
from conversations.models import Inbox
from core.audit import Action, Actor, record
from core.tenancy import crossing, scope

Kind = PlatformRequest.Kind
#: A key of every error table: the person who connected the inbox took that back at the platform.
WITHDRAWN = "access_withdrawn"


def settle(platform: str, kind: str, user_id: str, *, signed: str, channels: Iterable[str]) -> PlatformRequest:
    """Do what a platform asks about one of its users, once: the same signed request again gives the same answer."""
    request_hash = hashlib.sha256(signed.encode()).digest()
    known = PlatformRequest.objects.filter(request_hash=request_hash).first()
    if known is None:
        known = _noted(platform, kind, request_hash)
    if known.done_at is None:
        known.accounts = _forget(user_id, channels)
        known.done_at = timezone.now()
        known.save(update_fields=["accounts", "done_at"])
    return known


def _noted(platform: str, kind: str, request_hash: bytes) -> PlatformRequest:
    try:
        with transaction.atomic():
            return PlatformRequest.objects.create(
                code=secrets.token_hex(8), kind=kind, platform=platform, request_hash=request_hash
            )
    except IntegrityError:
        return PlatformRequest.objects.get(request_hash=request_hash)


def _forget(user_id: str, channels: Iterable[str]) -> int:
    """Forget the access that a platform's user gave, wherever; return of how many inboxes."""
    hashes = [owner_hash(channel, user_id) for channel in channels]
    with crossing("find the inboxes that a platform's user connected"):
        found = list(InboxAccount.objects.filter(owner_hash__in=hashes).values_list("workspace_id", "inbox_id"))
    for workspace_id, inbox_id in found:
        with scope(workspace_id):
            inbox = Inbox.objects.select_for_update().get(pk=inbox_id)
            inbox.settings = adapter_of(inbox.channel).without_access(inbox.settings)
            inbox.save(update_fields=["settings"])
            InboxAccount.objects.filter(inbox=inbox).delete()
            record(Action.INBOX_CHANGED, actor=Actor.system(), target=inbox, access="withdrawn at the platform")
            health.went_wrong(inbox, ChannelError(WITHDRAWN, stops_inbox=True))
    return len(found)
