"""What comes later and proves what became of a delivery: a report on it, or an answer to it."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from channels_app.models import OutboundDelivery
from channels_app.registry import adapter_of, config_of
from channels_app.services.jobs import is_mail
from channels_app.services.telling import tell_outcome
from conversations.identities import provider_index
from conversations.models import Inbox, Message, MessageAlias
from conversations.normalised import InboundMessage, Normalised, Receipt
from conversations.services import receipts

State = OutboundDelivery.State


def settle_mail(inbox: Inbox, said: Normalised) -> bool:
    """Apply a report on a mail that is no message of its own (`jobs.MAILS`); False where it is none of that."""
    if not isinstance(said, Receipt) or said.message is None:
        return False
    delivery = _locked().filter(pk=said.message, inbox=inbox, message=None).first()
    if delivery is None or not is_mail(delivery):
        return False
    if delivery.state in (State.UNKNOWN, State.SENT):
        _settle(delivery, said)
    return True


def note(inbox: Inbox, said: Normalised) -> None:
    """Settle the deliveries of which nobody knew, after an event was applied that proves what became of them."""
    if adapter_of(inbox.channel).capabilities.is_idempotent:  # none of its deliveries is ever left open
        return
    if isinstance(said, Receipt):
        for delivery in _left_open(inbox).filter(message__in=_reported(inbox, said)):
            _settle(delivery, said)
    elif isinstance(said, InboundMessage) and said.thread is not None and said.thread.answers:
        _note_answer(inbox, said.thread.answers)


def _note_answer(inbox: Inbox, answers: Sequence[str]) -> None:
    """Nobody answers what never left: messages and mails that are named by their ids were sent."""
    indexes = [provider_index(one) for one in answers if one.strip()]
    named = Message.objects.filter(inbox=inbox, provider_index__in=indexes, status=Message.Status.UNKNOWN)
    for message in named.select_for_update(of=("self",)).select_related("conversation"):
        receipts.advance(message, Message.Status.SENT)
        _left_open(inbox).filter(message=message).update(**_settled(State.SENT, ""))
    sent_on = MessageAlias.objects.filter(inbox=inbox, provider_index__in=indexes).values("message__conversation")
    adapter, config = adapter_of(inbox.channel), config_of(inbox)
    for delivery in _left_open(inbox).filter(message=None, conversation__in=sent_on):
        if adapter.own_id(delivery.pk, config) in answers:
            OutboundDelivery.objects.filter(pk=delivery.pk).update(**_settled(State.SENT, ""))


def _settle(delivery: OutboundDelivery, said: Receipt) -> None:
    has_failed = said.status == Message.Status.FAILED
    if delivery.state == State.SENT and not has_failed:
        return
    for name, value in _settled(State.FAILED if has_failed else State.SENT, said.error_code).items():
        setattr(delivery, name, value)
    delivery.save(update_fields=["state", "settled_at", "error_code"])
    if delivery.message_id is None:
        tell_outcome(delivery)


def _settled(state: str, code: str) -> dict[str, object]:
    return {"state": state, "settled_at": timezone.now(), "error_code": code[:64]}


def _reported(inbox: Inbox, said: Receipt) -> QuerySet[Message]:
    """The message that a report names."""
    sent = Message.objects.filter(inbox=inbox)
    if said.message is not None:
        return sent.filter(pk=said.message)
    return sent.filter(provider_index=provider_index(said.provider_id))


def _left_open(inbox: Inbox) -> QuerySet[OutboundDelivery]:
    return _locked().filter(inbox=inbox, state=State.UNKNOWN)


def _locked() -> QuerySet[OutboundDelivery]:
    return OutboundDelivery.objects.select_for_update(of=("self",)).select_related("inbox", "conversation", "message")
