"""The outbox: queues deliveries, claims them under a lease, sends them outside any transaction, settles them.

A conversation's deliveries go one after another. A worker that dies between the platform's answer and the commit
leaves a lease that runs out: the delivery is sent again only where the platform knows our reference, else it is shown
as "may have been sent".
"""

import random
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import timezone

from channels_app import metrics
from channels_app.contract import ChannelError, InboxConfig, Outgoing, OutgoingFile, Sent
from channels_app.models import OutboundDelivery
from channels_app.registry import adapter_of, all_adapters, config_of
from conversations.identities import provider_index
from conversations.models import Message
from conversations.services import receipts
from core.tenancy import crossing, scope
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

State = OutboundDelivery.State
#: A worker whose lease had run out learns nothing new of these. One that others gave up as unknown it may still prove sent.
_SETTLED = (State.SENT, State.FAILED)
#: Longer than any call to a platform may take.
LEASE = timedelta(seconds=90)
#: Where a repeated send is harmless, a dead worker's message need not wait as long.
IDEMPOTENT_LEASE = timedelta(seconds=20)
MAX_ATTEMPTS = 12
#: Sends of one inbox under way at once: an inbox whose platform hangs cannot hold every worker.
PER_INBOX = 3

_CLAIM = """
    UPDATE channels_app_outbounddelivery SET state = 'sending', attempts = attempts + 1,
        lease_until = CASE WHEN (SELECT channel FROM conversations_inbox WHERE id = inbox_id) = ANY(%(idempotent)s)
            THEN %(short_lease)s ELSE %(lease)s END
    WHERE id IN (
        SELECT d.id FROM channels_app_outbounddelivery d
        WHERE d.state = 'waiting' AND d.next_attempt_at <= now()
        AND NOT EXISTS (
            SELECT 1 FROM channels_app_outbounddelivery earlier
            WHERE earlier.conversation_id = d.conversation_id AND earlier.id < d.id
            AND earlier.state IN ('waiting', 'sending'))
        AND %(per_inbox)s > (
            SELECT count(*) FROM channels_app_outbounddelivery busy
            WHERE busy.inbox_id = d.inbox_id AND busy.state = 'sending')
        ORDER BY d.next_attempt_at, d.id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING workspace_id, id
"""


def queue_delivery(message: Message) -> None:
    """Queue a message's delivery in the caller's transaction; a worker is woken after commit."""
    OutboundDelivery.objects.create(
        message=message,
        inbox_id=message.inbox_id,
        conversation_id=message.conversation_id,
        next_attempt_at=timezone.now(),
    )
    transaction.on_commit(partial(wake_up, "channels_app.tasks.deliver"), robust=True)


def deliver_due() -> int:
    """Claim a delivery that is due, send it, settle it; return how many there were (0 or 1). Run until it returns 0.

    One at a time: a second one claimed with it would let its lease run out while the first one is being sent.
    """
    claimed = _claim()
    if claimed is None:
        return 0
    deliver(*claimed)
    return 1


def deliver(workspace_id: UUID, delivery_id: UUID) -> None:
    """Send one claimed delivery and settle it."""
    with scope(workspace_id):
        job = _job(delivery_id)
    if job is None:
        return
    try:
        sent = adapter_of(job.channel).send(job.outgoing, job.config)
    except ChannelError as error:
        with scope(workspace_id):
            _settle_error(delivery_id, error)
    except Exception as error:  # an adapter's fault must not take other deliveries along
        log.exception("outbound.adapter_failed", delivery=str(delivery_id), error=type(error).__name__)
        with scope(workspace_id):
            _settle_error(delivery_id, ChannelError("internal", is_ambiguous=True))
    else:
        with scope(workspace_id):
            _settle_sent(delivery_id, sent)


def expire_leases() -> int:
    """Settle deliveries whose worker died in the middle; return how many. For the sweeper."""
    with crossing("find deliveries whose worker died"):
        over = OutboundDelivery.objects.filter(state=State.SENDING, lease_until__lt=timezone.now())
        found = list(over.values_list("workspace_id", "id")[:500])
    for workspace_id, delivery_id in found:
        with scope(workspace_id):
            delivery = _locked(delivery_id)
            if delivery is None or delivery.state != State.SENDING:
                continue
            if adapter_of(delivery.inbox.channel).capabilities.is_idempotent:
                _wait(delivery, "lease_lost", seconds=0)
            else:
                _finish(delivery, State.UNKNOWN, Message.Status.UNKNOWN, "lease_lost")
    return len(found)


@dataclass(frozen=True, slots=True)
class _Job:
    channel: str
    config: InboxConfig
    outgoing: Outgoing


def _claim() -> tuple[UUID, UUID] | None:
    """The workspace and id of a delivery that is ours to send until its lease ends."""
    now = timezone.now()
    leases = {"lease": now + LEASE, "short_lease": now + IDEMPOTENT_LEASE}
    idempotent = [slug for slug, adapter in all_adapters().items() if adapter.capabilities.is_idempotent]
    with crossing("claim a delivery that is due"), connection.cursor() as cursor:
        cursor.execute(_CLAIM, {**leases, "idempotent": idempotent, "per_inbox": PER_INBOX})
        row = cursor.fetchone()
    return (row[0], row[1]) if row else None


def _job(delivery_id: UUID) -> _Job | None:
    related = ("message", "inbox", "message__conversation__identity", "message__reply_to")
    delivery = OutboundDelivery.objects.select_related(*related).filter(pk=delivery_id, state=State.SENDING).first()
    if delivery is None:
        return None
    message = delivery.message
    if message.deleted_at is not None or not delivery.inbox.is_enabled:
        code = "deleted" if message.deleted_at else "inbox_disabled"
        _finish(delivery, State.FAILED, Message.Status.FAILED, code)
        return None
    outgoing = Outgoing(
        reference=message.pk,
        to=message.conversation.identity.value,
        text=message.body,
        files=[OutgoingFile(one.pk, one.name, one.content_type, one.size) for one in message.attachments.all()],
        reply_to=message.reply_to.provider_id if message.reply_to else "",
        data=message.data,
    )
    return _Job(delivery.inbox.channel, config_of(delivery.inbox), outgoing)


def _locked(delivery_id: UUID) -> OutboundDelivery | None:
    locked = OutboundDelivery.objects.select_for_update(of=("self",))
    return locked.select_related("inbox", "message__conversation").filter(pk=delivery_id).first()


def _settle_sent(delivery_id: UUID, sent: Sent) -> None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.state in _SETTLED:
        return
    message = delivery.message
    if sent.provider_id:
        message.provider_id, message.provider_index = sent.provider_id, provider_index(sent.provider_id)
        message.save(update_fields=["provider_id", "provider_index"])
    _finish(delivery, State.SENT, sent.status, "")


def _settle_error(delivery_id: UUID, error: ChannelError) -> None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.state != State.SENDING:
        return
    if error.is_ambiguous and not adapter_of(delivery.inbox.channel).capabilities.is_idempotent:
        _finish(delivery, State.UNKNOWN, Message.Status.UNKNOWN, error.code)
    elif error.permanent or delivery.attempts >= MAX_ATTEMPTS:
        _finish(delivery, State.FAILED, Message.Status.FAILED, error.code)
    else:
        backoff = min(2**delivery.attempts, 900) * random.uniform(0.5, 1.5)  # noqa: S311  # jitter, not a secret
        _wait(delivery, error.code, seconds=max(backoff, error.retry_after or 0))


def _wait(delivery: OutboundDelivery, code: str, *, seconds: float) -> None:
    delivery.state, delivery.lease_until, delivery.error_code = State.WAITING, None, code[:64]
    delivery.next_attempt_at = timezone.now() + timedelta(seconds=seconds)
    delivery.save(update_fields=["state", "lease_until", "error_code", "next_attempt_at"])


def _finish(delivery: OutboundDelivery, state: str, status: str, code: str) -> None:
    delivery.state, delivery.lease_until, delivery.error_code = state, None, code[:64]
    delivery.settled_at = timezone.now()
    delivery.save(update_fields=["state", "lease_until", "error_code", "settled_at"])
    receipts.advance(delivery.message, status, error_code=code[:64])
    metrics.SETTLED.labels(delivery.inbox.channel, state).inc()
