"""The outbox: queues deliveries, claims them under a lease, sends them outside any transaction, settles them.

A conversation's deliveries go one after another. A worker that dies between the platform's answer and the commit
leaves a lease that runs out: the delivery is sent again only where the platform knows our reference; elsewhere the
platform is asked, and where it cannot say the delivery is shown as "may have been sent".
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from channels_app import metrics
from channels_app.contract import ChannelError, Sent
from channels_app.models import DeliveryAction, OutboundDelivery
from channels_app.registry import adapter_of, config_of
from channels_app.services import buckets, health, rules, telling
from channels_app.services.backoff import pause
from channels_app.services.claims import LEASE, claim
from channels_app.services.jobs import Job, carries_words, is_complete, job_of
from channels_app.services.loading import Loaded, read
from conversations.identities import provider_index
from conversations.models import ContactIdentity, Conversation, Inbox, Message, MessageAlias
from conversations.services import consent, contacts, receipts
from core.tenancy import crossing, scope
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

State = OutboundDelivery.State
#: The code of a delivery whose worker died.
LEASE_LOST = "lease_lost"
#: Seconds that a sweep may take with asking platforms.
SWEEP = 30.0
LONGEST_PAUSE = 900.0

# A worker whose lease had run out learns nothing new of what is settled. What others gave up as unknown it may still prove sent.
_SENT = f"""
    UPDATE channels_app_outbounddelivery d SET state = 'sent', lease_until = NULL, error_code = %(code)s, settled_at = %(now)s
    WHERE d.id = %(id)s AND d.workspace_id = %(workspace)s AND d.state NOT IN ('sent', 'failed')
    RETURNING {health.IS_WELL}
"""  # noqa: S608  # a condition of ours


def queue_delivery(message: Message) -> None:
    """Queue a message's delivery in the caller's transaction; a worker is woken after commit."""
    _queue(message.inbox_id, message.conversation_id, message=message)


def queue_action(inbox: Inbox, action: Mapping[str, Any], conversation: Conversation | None = None) -> None:
    """Queue something to be done at the platform, in order with the conversation's messages.

    `action` holds the fields of an `Action`; with `message`, the id of one of ours, its place at the platform is looked up
    when the action is due.
    """
    delivery = _queue(inbox.pk, conversation.pk if conversation else None)
    DeliveryAction(workspace_id=inbox.workspace_id, delivery=delivery, data=dict(action)).save(force_insert=True)


def _queue(inbox_id: UUID, conversation_id: UUID | None, message: Message | None = None) -> OutboundDelivery:
    transaction.on_commit(partial(wake_up, "channels_app.tasks.deliver"), robust=True)
    return OutboundDelivery.objects.create(
        message=message, inbox_id=inbox_id, conversation_id=conversation_id, next_attempt_at=timezone.now()
    )


def deliver_due() -> int:
    """Claim a delivery that is due, send it, settle it; return how many there were (0 or 1). Run until it returns 0.

    One at a time: a second one claimed with it would let its lease run out while the first one is being sent.
    """
    claimed = claim()
    if claimed is None:
        return 0
    deliver(claimed)
    return 1


def deliver(found: Loaded) -> None:
    """Do what a claimed delivery is for, and settle it."""
    workspace_id, delivery_id = found.delivery.workspace_id, found.delivery.pk
    job = _job(found)
    if job is None or _is_held_back(workspace_id, delivery_id, job):
        return
    try:
        sent = _carried_out(job)
    except ChannelError as error:
        _settle_failure(workspace_id, delivery_id, job, error)
    except Exception as error:  # an adapter's fault must not take other deliveries along
        log.exception("outbound.adapter_failed", delivery=str(delivery_id), error=type(error).__name__)
        _settle_failure(workspace_id, delivery_id, job, ChannelError("internal", is_ambiguous=True))
    else:
        with scope(workspace_id):
            _settle_sent(found.delivery, sent)


def _is_held_back(workspace_id: UUID, delivery_id: UUID, job: Job) -> bool:
    """Whether a platform's limit would be met: the delivery then waits for its token, and that is no attempt."""
    if job.outgoing is None:
        return False
    seconds = buckets.wait_for(job.config.id, adapter_of(job.channel).rates(job.outgoing, job.config))
    if seconds:
        with scope(workspace_id):
            delivery = _locked(delivery_id)
            if delivery is not None and delivery.state == State.SENDING:
                delivery.attempts -= 1
                _wait(delivery, "", seconds=seconds)
    return seconds > 0


def _carried_out(job: Job) -> Sent | None:
    adapter = adapter_of(job.channel)
    if job.outgoing is not None:
        return adapter.send(job.outgoing, job.config)
    if job.action is not None:
        adapter.act(job.action, job.config)
    return None


def _settle_failure(workspace_id: UUID, delivery_id: UUID, job: Job, error: ChannelError) -> None:
    """Settle a send that failed; where it may have arrived all the same, the platform is asked first."""
    adapter, sent = adapter_of(job.channel), None
    if error.is_ambiguous and job.outgoing is not None and not adapter.capabilities.is_idempotent:
        try:
            sent = adapter.find_sent(job.outgoing, job.config)
        except ChannelError as unknown:
            log.info("outbound.not_found_out", delivery=str(delivery_id), code=unknown.code)
    with scope(workspace_id):
        if sent is not None and not _is_anothers(delivery_id, sent.provider_id):
            _settle_sent(job.delivery, sent)
        else:
            _settle_error(delivery_id, error)


def _is_anothers(delivery_id: UUID, provider_id: str) -> bool:
    """Whether what was found at the platform is another message of the inbox: two with the same words look alike."""
    delivery = OutboundDelivery.objects.get(pk=delivery_id)
    here = {"inbox_id": delivery.inbox_id, "provider_index": provider_index(provider_id)}
    is_message = Message.objects.filter(~Q(pk=delivery.message_id), **here).exists()
    return is_message or MessageAlias.objects.filter(~Q(message_id=delivery.message_id), **here).exists()


def expire_leases() -> int:
    """Settle deliveries whose worker died in the middle; return how many. For the sweeper.

    Platforms that can say whether they took a message are asked, so this may take as long as `SWEEP`; the rest is the
    next sweep's.
    """
    with crossing("find deliveries whose worker died"):
        over = OutboundDelivery.objects.filter(state=State.SENDING, lease_until__lt=timezone.now())
        found = list(over.values_list("workspace_id", "id")[:500])
    ends_at, count = monotonic() + SWEEP, 0
    for workspace_id, delivery_id in found:
        if monotonic() > ends_at:
            break
        count += _take_over(workspace_id, delivery_id)
    return count


def _take_over(workspace_id: UUID, delivery_id: UUID) -> bool:
    """Settle a delivery whose lease ran out, under a lease of our own: another sweeper leaves it alone meanwhile."""
    with scope(workspace_id):
        over = OutboundDelivery.objects.filter(pk=delivery_id, state=State.SENDING, lease_until__lt=timezone.now())
        found = read(delivery_id) if over.update(lease_until=timezone.now() + LEASE) else None
        if found is None:
            return False
        job = job_of(found)
    _settle_failure(workspace_id, delivery_id, job, ChannelError(LEASE_LOST, is_ambiguous=True))
    return True


def _job(found: Loaded) -> Job | None:
    """What a delivery has to do; None where it must not go out any more, and has failed."""
    code = _refusal(found.delivery)
    if not code and is_complete(found):
        return job_of(found)
    with scope(found.delivery.workspace_id):
        if not code:
            return job_of(found)
        _finish(found.delivery, State.FAILED, Message.Status.FAILED, code)
        return None


def _refusal(delivery: OutboundDelivery) -> str:
    """Why a delivery must not go out any more, as a code of the error table; empty where it may."""
    message = delivery.message
    if message is not None and message.deleted_at is not None:
        return "deleted"
    if not delivery.inbox.is_enabled:
        return "inbox_disabled"
    if message is None:
        return ""
    adapter, identity = adapter_of(delivery.inbox.channel), message.conversation.identity
    standing = rules.standing_of(identity, adapter.capabilities)
    return rules.refusal(message, standing) or adapter.refusal(identity.value, config_of(delivery.inbox))


def _locked(delivery_id: UUID) -> OutboundDelivery | None:
    locked = OutboundDelivery.objects.select_for_update(of=("self",))
    return locked.select_related("inbox", "message__conversation").filter(pk=delivery_id).first()


def _settle_sent(delivery: OutboundDelivery, sent: Sent | None) -> None:
    """Note what a platform took, unless the delivery was settled meanwhile; `delivery` may be as it was before the call."""
    code = sent.code[:64] if sent else ""
    values: dict[str, Any] = {"id": delivery.pk, "workspace": delivery.workspace_id, "code": code, "now": timezone.now()}
    with connection.cursor() as cursor:
        cursor.execute(_SENT, values | {"news_after": health.news_after()})
        row = cursor.fetchone()
    if row is None:
        return
    message, provider_id = delivery.message, sent.provider_id if sent else ""
    if message is None:
        _keep_id(delivery, provider_id)
    elif sent is not None:
        if sent.more_ids:
            _keep_parts(message, sent.more_ids)
        receipts.advance(message, sent.status, error_code=code, provider_id=provider_id)
    metrics.SETTLED.labels(delivery.inbox.channel, State.SENT).inc()
    if not row[0]:
        health.sent_well(delivery.inbox)


def _keep_id(delivery: OutboundDelivery, provider_id: str) -> None:
    """Know what a delivery is at the platform: what answers it, or reports on it, names that."""
    if not provider_id:
        return
    if delivery.message is not None:
        receipts.keep_id(delivery.message, provider_id)
        return
    last = telling.last_sent_on(delivery)
    if last is not None:
        _alias(last, delivery.inbox_id, [provider_id])


def _keep_parts(message: Message, more_ids: Sequence[str]) -> None:
    """Know the further messages that one of ours became: receipts name any of them, and a deletion is of all."""
    _alias(message, message.inbox_id, more_ids)
    # What it holds may have been deleted since it was read.
    fresh = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    fresh.data = {**fresh.data, "more_ids": list(more_ids)}
    fresh.save(update_fields=["data"])


def _alias(message: Message, inbox_id: UUID, provider_ids: Sequence[str]) -> None:
    indexes = map(provider_index, provider_ids)
    aliases = [
        MessageAlias(workspace_id=message.workspace_id, message=message, inbox_id=inbox_id, provider_index=index)
        for index in indexes
    ]
    MessageAlias.objects.bulk_create(aliases, ignore_conflicts=True)


def _settle_error(delivery_id: UUID, error: ChannelError) -> None:
    delivery = _locked(delivery_id)
    if delivery is None or delivery.state != State.SENDING:
        return
    capabilities = adapter_of(delivery.inbox.channel).capabilities
    if error.is_ambiguous and carries_words(delivery) and not capabilities.is_idempotent:
        _leave_open(delivery, error.code)
    elif error.code == LEASE_LOST:
        _wait(delivery, LEASE_LOST, seconds=0)
    elif error.new_address and delivery.message is not None:
        contacts.change_address(delivery.message.conversation.identity, error.new_address)
        _wait(delivery, error.code, seconds=0)
    elif not error.stops_inbox and (error.permanent or timezone.now() - delivery.created_at > capabilities.gives_up_after):
        _finish(delivery, State.FAILED, Message.Status.FAILED, error.code)
        if delivery.message is not None:
            _note_of_recipient(delivery.message.conversation.identity, error)
    else:
        _wait(delivery, error.code, seconds=max(pause(delivery.attempts, most=LONGEST_PAUSE), error.retry_after or 0))
    if error.is_inbox_wide:
        health.went_wrong(delivery.inbox, error)


def _note_of_recipient(identity: ContactIdentity, error: ChannelError) -> None:
    """Keep what a failure says of whom the message was for."""
    if error.unreachable:
        contacts.set_reachable(identity, is_reachable=False)
    if error.opts_out:
        consent.change(
            identity,
            purpose=consent.Purpose.MESSAGES,
            is_given=False,
            source=consent.Source.PLATFORM,
            occurred_at=timezone.now(),
        )


def _leave_open(delivery: OutboundDelivery, code: str) -> None:
    """Nobody knows whether it left. Where the platform takes our own id, what comes later may prove it."""
    own_id = adapter_of(delivery.inbox.channel).own_id(delivery.message_id or delivery.pk, config_of(delivery.inbox))
    _keep_id(delivery, own_id)
    _finish(delivery, State.UNKNOWN, Message.Status.UNKNOWN, code)


def _wait(delivery: OutboundDelivery, code: str, *, seconds: float) -> None:
    delivery.state, delivery.lease_until, delivery.error_code = State.WAITING, None, code[:64]
    delivery.next_attempt_at = timezone.now() + timedelta(seconds=seconds)
    delivery.save(update_fields=["state", "lease_until", "error_code", "next_attempt_at", "attempts"])


def _finish(delivery: OutboundDelivery, state: str, status: str, code: str) -> None:
    delivery.state, delivery.lease_until, delivery.error_code = state, None, code[:64]
    delivery.settled_at = timezone.now()
    delivery.save(update_fields=["state", "lease_until", "error_code", "settled_at"])
    if delivery.message is not None:
        receipts.advance(delivery.message, status, error_code=code[:64])
    else:
        telling.tell_outcome(delivery)
    metrics.SETTLED.labels(delivery.inbox.channel, state).inc()
