"""Applying plain messages of many senders together: the statements of one message carry a hundred."""

from collections import defaultdict
from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from channels_app.models import InboundEvent
from channels_app.services import profiles, wishes
from channels_app.services.settling import mark_applied, parsed
from conversations.normalised import InboundMessage
from conversations.services import inbound_messages

log = structlog.get_logger(__name__)

#: An event of more characters is applied alone: hundreds of large mails, all parsed at once, would fill the memory.
LARGE = 100_000

type Pair = tuple[InboundEvent, InboundMessage]


def apply_heads(lines: list[list[InboundEvent]]) -> int:
    """Apply the plain messages at the heads of senders' lines in one go, and take them off; return how many.

    What is not plain, was tried before, or fails here stays in its line: it is applied alone.
    """
    heads: defaultdict[UUID, list[Pair]] = defaultdict(list)
    for line in lines:
        for event in line:
            message = _plain(event)
            if message is None:
                break
            heads[event.inbox_id].append((event, message))
    applied = {event.pk for pairs in heads.values() if len(pairs) > 1 and _apply(pairs) for event, _message in pairs}
    for line in lines:
        line[:] = [event for event in line if event.pk not in applied]
    return len(applied)


def _plain(event: InboundEvent) -> InboundMessage | None:
    """The one message that an event is, where it may be applied with others."""
    if event.attempts or event.next_attempt_at > timezone.now() or len(event.body) > LARGE:
        return None
    try:
        said = parsed(event)
    except Exception:  # noqa: BLE001  # applied alone it fails again, and is settled by its cause
        return None
    if len(said) != 1 or not inbound_messages.is_plain(said[0]):
        return None
    message: InboundMessage = said[0]  # type: ignore[assignment]  # what is plain is a message
    return message if wishes.wish_in(event.inbox, message) is None else None


def _apply(pairs: list[Pair]) -> bool:
    inbox = pairs[0][0].inbox
    try:
        with transaction.atomic():
            contacts = inbound_messages.apply_messages(inbox, [message for _event, message in pairs])
            profiles.ask_for_names(inbox, contacts)
            mark_applied([(event, contact) for (event, _message), contact in zip(pairs, contacts, strict=True)])
    except (OperationalError, InterfaceError):
        raise  # the connection or the server is gone: the whole batch is rolled back and found again
    except Exception as error:  # noqa: BLE001  # one of them breaks it: each is applied alone
        log.warning("inbound.together_failed", error=type(error).__name__, count=len(pairs))
        return False
    return True
