"""What becomes of a stored event: applied, put off, or set aside, each in a savepoint of its own."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from channels_app import metrics
from channels_app.contract import UnparsableError
from channels_app.models import InboundEvent
from channels_app.registry import adapter_of, config_of
from channels_app.services import health, outbox, profiles, proofs, templates, wishes
from channels_app.services.backoff import pause
from channels_app.services.bodies import unpacked
from conversations.models import Contact, Inbox
from conversations.normalised import (
    AccountNotice,
    Errand,
    InboundMessage,
    Normalised,
    NotYetError,
    RemoteFile,
    TemplateChanged,
)
from conversations.services import inbound
from core.vault.errors import StaleKeyError
from core.vault.fields import encrypt_value
from core.wakeup import wake_up

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 6
#: Attempts for what came before the message that it speaks of, a quarter of an hour in all: a send whose worker died is
#: known by its id at the platform only after its lease.
MAX_WAITS = 10
LONGEST_PAUSE = 300.0
State = InboundEvent.State
_TABLE = InboundEvent._meta.db_table

_APPLIED = f"""
    UPDATE {_TABLE} AS event SET state = 'applied', applied_at = %s, attempts = attempts + 1, error_code = '', error_detail = '',
        key_id = new.key_id, body = coalesce(new.body, event.body)
    FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::bytea[]) AS new(id, old_key_id, key_id, body)
    WHERE event.id = new.id AND event.key_id = new.old_key_id
"""  # noqa: S608  # the table's own name


def settle(event: InboundEvent) -> bool:
    """Apply one event; tell whether the sender's next one may follow."""
    try:
        with transaction.atomic():
            mark_applied([(event, apply_event(event))])
    except (OperationalError, InterfaceError):
        raise  # the connection or the server is gone: the whole batch is rolled back and found again
    except NotYetError:
        return _wait_for_its_message(event)
    except UnparsableError as error:
        return _quarantine(event, "unparsable", str(error))
    except Exception as error:  # noqa: BLE001  # whatever one event breaks, its neighbours go on
        log.warning("inbound.failed", id=str(event.pk), error=type(error).__name__, attempt=event.attempts + 1)
        return _try_later(event, type(error).__name__[:64])
    return True


def parsed(event: InboundEvent) -> Sequence[Normalised]:
    """What a stored event says. Raises UnparsableError."""
    if event.said is None:
        event.said = adapter_of(event.inbox.channel).parse(unpacked(event.body), config_of(event.inbox))
    return event.said


def apply_event(event: InboundEvent) -> Contact | None:
    """Apply what a stored event says; return the contact whose event it was, where it has one."""
    return apply_said(event.inbox, parsed(event))


def apply_said(inbox: Inbox, said: Sequence[Normalised]) -> Contact | None:
    """Apply what one event of an inbox says, as `apply_event` does."""
    contact: Contact | None = None
    for normalised in said:
        if _is_of_the_line(inbox, normalised):
            continue
        if not proofs.settle_mail(inbox, normalised):
            contact = inbound.apply(inbox, normalised) or contact
            proofs.note(inbox, normalised)
        if isinstance(normalised, InboundMessage):
            wishes.obey(inbox, normalised)
            profiles.ask_for_names(inbox, [contact])
        if any(isinstance(file, RemoteFile) for file in getattr(normalised, "files", ())):
            transaction.on_commit(partial(wake_up, "channels_app.tasks.fetch_files"), robust=True)
    return contact


def _is_of_the_line(inbox: Inbox, said: Normalised) -> bool:
    """Do what is said of the inbox itself, not of a conversation; tell whether it was that."""
    match said:
        case Errand():
            outbox.queue_action(inbox, {"kind": said.kind, "data": said.data})
        case TemplateChanged():
            templates.apply_change(inbox, said)
        case AccountNotice():
            health.told(inbox, said)
        case _:
            return False
    return True


def mark_applied(events: Sequence[tuple[InboundEvent, Contact | None]]) -> None:
    """Note that events are applied, and put their bodies under their contacts' keys. Raises StaleKeyError."""
    rows: list[tuple[object, ...]] = []
    for event, contact in events:
        key_id, body = event.key_id, None
        if contact is not None and contact.key_id != key_id:
            key_id = contact.key_id
            body = encrypt_value(event.workspace_id, _TABLE, "body", event.pk, key_id, event.body.encode())
        rows.append((event.pk, event.key_id, key_id, body))
    with connection.cursor() as cursor:
        cursor.execute(_APPLIED, [timezone.now(), *map(list, zip(*rows, strict=True))])
        if cursor.rowcount != len(rows):
            raise StaleKeyError("An event moved under another key meanwhile.")
    for event, _contact in events:
        event.state = State.APPLIED
        metrics.APPLIED.labels(event.inbox.channel).inc()


def _try_later(event: InboundEvent, code: str) -> bool:
    event.attempts += 1
    if event.attempts >= MAX_ATTEMPTS:
        return _set_aside(event, code, "")
    _pause(event, code)
    return False


def _wait_for_its_message(event: InboundEvent) -> bool:
    """Let an event wait beside its line. What never comes is no fault that anybody could mend on the quarantine's page."""
    event.attempts += 1
    if event.attempts >= MAX_WAITS:
        return _set_aside(event, "not_yet", "", state=State.DISMISSED)
    _pause(event, "not_yet")
    return True


def _pause(event: InboundEvent, code: str) -> None:
    event.next_attempt_at = timezone.now() + timedelta(seconds=pause(event.attempts, most=LONGEST_PAUSE))
    event.error_code = code
    event.save(update_fields=["attempts", "next_attempt_at", "error_code"])


def _quarantine(event: InboundEvent, code: str, detail: str) -> bool:
    event.attempts += 1
    return _set_aside(event, code, detail)


def _set_aside(event: InboundEvent, code: str, detail: str, *, state: str = State.QUARANTINED) -> bool:
    """Put an event into quarantine, visible with its cause; the sender's next ones go on."""
    event.state, event.error_code, event.error_detail = state, code, detail[:200]
    event.save(update_fields=["state", "error_code", "error_detail", "attempts"])
    log.warning("inbound.set_aside", state=state, id=str(event.pk), code=code)
    return True
