"""The drain: applies stored events, in order per sender, each in a savepoint of its own, many in one commit.

Wake-ups only say "look"; Postgres says what there is. Two drains may run at once: a sender's lock keeps them apart.
"""

import random
from collections import defaultdict
from datetime import timedelta
from itertools import batched
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from channels_app import metrics
from channels_app.contract import UnparsableError
from channels_app.models import InboundEvent
from channels_app.registry import adapter_of, config_of
from channels_app.services.bodies import unpacked
from conversations.models import Contact
from conversations.normalised import NotYetError
from conversations.services import inbound
from core.tenancy import crossing, scope

log = structlog.get_logger(__name__)

BATCH = 100
#: What one commit holds: enough to share its cost, little enough that a killed worker repeats little and nobody waits long.
SENDERS_PER_COMMIT = 16
EVENTS_PER_SENDER = 20
MAX_ATTEMPTS = 6
State = InboundEvent.State

type SenderKey = tuple[UUID, int]


def drain() -> int:
    """Apply everything that is due, in all workspaces; return how many events were applied, set aside or put off."""
    settled = 0
    while True:
        due = _due_senders()
        done = sum(_drain_workspace(workspace_id, senders) for workspace_id, senders in due.items())
        settled += done
        if not done:
            return settled


def _due_senders() -> dict[UUID, list[SenderKey]]:
    """The senders with due events, oldest first, by workspace."""
    with crossing("find inbound events that are due"):
        due = InboundEvent.objects.filter(state=State.WAITING, next_attempt_at__lte=timezone.now())
        rows = due.order_by("next_attempt_at", "id").values_list("workspace_id", "inbox_id", "sender_hash")[:BATCH]
        found: defaultdict[UUID, dict[SenderKey, None]] = defaultdict(dict)
        for workspace_id, inbox_id, sender_hash in rows:
            found[workspace_id][(inbox_id, sender_hash)] = None
    return {workspace_id: list(senders) for workspace_id, senders in found.items()}


def _drain_workspace(workspace_id: UUID, senders: list[SenderKey]) -> int:
    settled = 0
    for some in batched(senders, SENDERS_PER_COMMIT, strict=False):
        with scope(workspace_id):
            settled += sum(_drain_sender(sender, EVENTS_PER_SENDER) for sender in some if _lock(sender))
    return settled


def _lock(sender: SenderKey) -> bool:
    """Take a sender's lock until commit, unless another drain has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, %s))", [str(sender[0]), sender[1]])
        row = cursor.fetchone()
    return bool(row and row[0])


def _drain_sender(sender: SenderKey, limit: int) -> int:
    """Apply a sender's events in the order in which they came; stop at one that has to be tried again later."""
    inbox_id, sender_hash = sender
    waiting = InboundEvent.objects.select_related("inbox").filter(inbox_id=inbox_id, sender_hash=sender_hash, state=State.WAITING)
    settled = 0
    for event in waiting.order_by("id")[:limit]:
        if event.next_attempt_at > timezone.now():
            if event.error_code == "not_yet":
                continue
            settled += _hold_back(waiting, event)
            break
        settled += 1
        if not _settle(event):
            break
    return settled


def _hold_back(waiting: QuerySet[InboundEvent], head: InboundEvent) -> int:
    """Let what stands behind an event that waits for its next attempt wait as long.

    Left due, a hundred of them would fill every look at the line and keep other senders from being seen.
    """
    return waiting.filter(next_attempt_at__lt=head.next_attempt_at).update(next_attempt_at=head.next_attempt_at)


def _settle(event: InboundEvent) -> bool:
    """Apply one event; tell whether the sender's next one may follow."""
    event.attempts += 1
    try:
        with transaction.atomic():
            contact = apply_event(event)
    except (OperationalError, InterfaceError):
        raise  # the connection or the server is gone: the whole batch is rolled back and found again
    except NotYetError:
        return _try_later(event, "not_yet", is_blocking=False)
    except UnparsableError as error:
        return _quarantine(event, "unparsable", str(error))
    except Exception as error:  # noqa: BLE001  # whatever one event breaks, its neighbours go on
        log.warning("inbound.failed", id=str(event.pk), error=type(error).__name__, attempt=event.attempts)
        return _try_later(event, type(error).__name__[:64], is_blocking=True)
    event.state, event.applied_at, event.error_code, event.error_detail = State.APPLIED, timezone.now(), "", ""
    if contact is not None:
        event.key_id = contact.key_id
    event.save(update_fields=["state", "applied_at", "error_code", "error_detail", "attempts"])
    metrics.APPLIED.labels(event.inbox.channel).inc()
    return True


def apply_event(event: InboundEvent) -> Contact | None:
    """Parse a stored event and apply what it says; return the contact whose event it was, where it has one."""
    adapter = adapter_of(event.inbox.channel)
    contact: Contact | None = None
    for normalised in adapter.parse(unpacked(event.body), config_of(event.inbox)):
        contact = inbound.apply(event.inbox, normalised) or contact
    return contact


def _try_later(event: InboundEvent, code: str, *, is_blocking: bool) -> bool:
    if event.attempts >= MAX_ATTEMPTS:
        return _quarantine(event, code, "")
    wait = min(2**event.attempts, 300) * random.uniform(0.5, 1.5)  # noqa: S311  # jitter, not a secret
    event.next_attempt_at = timezone.now() + timedelta(seconds=wait)
    event.error_code = code
    event.save(update_fields=["attempts", "next_attempt_at", "error_code"])
    return not is_blocking


def _quarantine(event: InboundEvent, code: str, detail: str) -> bool:
    """Set an event aside, visible with its cause; the sender's next ones go on."""
    event.state, event.error_code, event.error_detail = State.QUARANTINED, code, detail[:200]
    event.save(update_fields=["state", "error_code", "error_detail", "attempts"])
    log.warning("inbound.quarantined", id=str(event.pk), code=code)
    return True
