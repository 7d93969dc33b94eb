"""How an inbox's line is: it works, rests after failures in a row, or has stopped until a person connects it again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from channels_app.contract import ChannelError
from channels_app.models import InboxHealth, OutboundDelivery
from channels_app.services.backoff import jittered
from conversations.models import Inbox
from conversations.normalised import AccountNotice
from core.events import publish
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

#: So many failures in a row that are not a message's own open the breaker.
FAILURES_TO_REST = 5
FIRST_REST = timedelta(seconds=15)
LONGEST_REST = timedelta(minutes=15)
#: What connecting an inbox changes.
_CONNECTED = (
    *("connecting_since", "connected_at", "account", "expires_at"),
    *("stopped_at", "resting_until", "failures", "error_code", "error_detail", "facts"),
)
#: How old the news may be that an inbox's platform took something.
_NEWS = timedelta(seconds=30)
#: Whether `sent_well` would change nothing, of the inbox of a row `d`; its parameter comes from `news_after`.
IS_WELL = """EXISTS (SELECT 1 FROM channels_app_inboxhealth h
    WHERE h.inbox_id = d.inbox_id AND h.failures = 0 AND h.last_outbound_at > %(news_after)s)"""
#: Where the deliveries of a stopped inbox wait: out of every look at the line.
_PARKED = timedelta(days=3650)


def of_inbox(inbox: Inbox) -> InboxHealth:
    """The inbox's health, made when it is first asked for."""
    found, _is_new = InboxHealth.objects.get_or_create(inbox=inbox, defaults={"workspace_id": inbox.workspace_id})
    return found


def news_after() -> datetime:
    """What a platform took after this needs no further note."""
    return timezone.now() - _NEWS


def sent_well(inbox: Inbox) -> None:
    """Note that the platform took something: the breaker closes."""
    health = of_inbox(inbox)
    is_resting = health.resting_until is not None
    if not health.failures and health.last_outbound_at and health.last_outbound_at > news_after():
        return
    health.last_outbound_at, health.failures, health.resting_until = timezone.now(), 0, None
    health.save(update_fields=["last_outbound_at", "failures", "resting_until"])
    if is_resting:
        _due_now(inbox)


def went_wrong(inbox: Inbox, error: ChannelError) -> None:
    """Note a failure that is not a message's own; after some in a row the inbox rests, longer each time."""
    health = of_inbox(inbox)
    if error.stops_inbox:
        _note(health, error)
        stop(inbox, health)
        return
    health.failures += 1
    if health.failures >= FAILURES_TO_REST:
        rest = min(FIRST_REST * 2 ** (health.failures - FAILURES_TO_REST), LONGEST_REST)
        health.resting_until = timezone.now() + timedelta(seconds=jittered(rest.total_seconds(), spread=0.2))
        waiting = OutboundDelivery.objects.filter(inbox=inbox, state="waiting", next_attempt_at__lt=health.resting_until)
        waiting.update(next_attempt_at=health.resting_until)
    _note(health, error, "failures", "resting_until")


def stop(inbox: Inbox, health: InboxHealth) -> None:
    """Stop an inbox whose credentials are void, and tell the people who can connect it again: once.

    Whoever reads and whoever sends may learn it in the same moment: only the first one tells.
    """
    now = timezone.now()
    if not InboxHealth.objects.filter(pk=health.pk, stopped_at=None).update(stopped_at=now):
        return
    health.stopped_at = now
    waiting = OutboundDelivery.objects.filter(inbox=inbox, state="waiting")
    waiting.update(next_attempt_at=F("next_attempt_at") + _PARKED)
    publish("inbox.stopped", inbox_id=inbox.pk, code=health.error_code)
    log.warning("inbox.stopped", inbox=str(inbox.pk), code=health.error_code)
    transaction.on_commit(lambda: wake_up("channels_app.tasks.tell_stopped", str(inbox.workspace_id), str(inbox.pk)), robust=True)


def told(inbox: Inbox, notice: AccountNotice) -> None:
    """Keep what a platform says of an inbox's account; one that it took away stops the inbox."""
    health = of_inbox(inbox)
    if notice.facts:
        health.facts = {**health.facts, **notice.facts}
        health.save(update_fields=["facts"])
        publish("inbox.changed", inbox_id=inbox.pk)
    if notice.stop:
        went_wrong(inbox, ChannelError(notice.stop, stops_inbox=True))


@transaction.atomic
def connected(
    inbox: Inbox, *, account: str = "", expires_at: datetime | None = None, facts: Mapping[str, str] | None = None
) -> None:
    """Note that an inbox's credentials work: what waited goes out."""
    health = of_inbox(inbox)
    was_stopped = health.stopped_at is not None
    health.connecting_since, health.connected_at, health.account = None, timezone.now(), account[:200]
    health.stopped_at, health.resting_until, health.failures, health.expires_at = None, None, 0, expires_at
    health.error_code = health.error_detail = ""
    health.facts = {**health.facts, **(facts or {})}
    health.save(update_fields=_CONNECTED)
    _due_now(inbox)
    if was_stopped:
        publish("inbox.resumed", inbox_id=inbox.pk)


def _due_now(inbox: Inbox) -> None:
    waiting = OutboundDelivery.objects.filter(inbox=inbox, state="waiting", next_attempt_at__gt=timezone.now())
    if waiting.update(next_attempt_at=timezone.now()):
        transaction.on_commit(lambda: wake_up("channels_app.tasks.deliver"), robust=True)


def _note(health: InboxHealth, error: ChannelError, *more: str) -> None:
    """Keep what went wrong, with the other fields that changed with it."""
    health.last_error_at, health.error_code, health.error_detail = timezone.now(), error.code[:64], error.detail
    health.save(update_fields=["last_error_at", "error_code", "error_detail", *more])


def heard_nothing(inbox: Inbox, error: ChannelError) -> None:
    """Note that an inbox's source could not be listened to; void credentials stop the inbox."""
    health = of_inbox(inbox)
    _note(health, error)
    if error.stops_inbox:
        stop(inbox, health)


def not_connected(inbox: Inbox, error: ChannelError) -> None:
    """Note that connecting an inbox failed, and why."""
    health = of_inbox(inbox)
    health.connecting_since = None
    _note(health, error, "connecting_since")
    publish("inbox.changed", inbox_id=inbox.pk)
