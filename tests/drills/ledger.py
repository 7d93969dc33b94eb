"""What became of the traffic, counted to the last message."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import OperationalError

from channels_app.models import InboundEvent, OutboundDelivery
from conversations.models import Conversation, Message
from core.events.models import Event
from core.tenancy import scope


@dataclass(frozen=True)
class Account:
    """Expected messages against found ones, over all lines of talk."""

    sent: int
    lost: int
    doubled: int
    out_of_order: int

    @property
    def is_clean(self) -> bool:
        return self.lost == self.doubled == self.out_of_order == 0

    def __str__(self) -> str:
        return f"{self.sent} sent, {self.lost} lost, {self.doubled} doubled, {self.out_of_order} out of order"


def account(lines: Iterable[tuple[list[str], list[str]]]) -> Account:
    """Compare pairs of (expected, found) texts; order is judged on what was found once."""
    sent = lost = doubled = out_of_order = 0
    for expected, found in lines:
        once = list(dict.fromkeys(found))
        sent += len(expected)
        lost += len(set(expected) - set(found))
        doubled += len(found) - len(once)
        kept = [text for text in expected if text in set(once)]
        out_of_order += sum(1 for mine, theirs in zip(kept, once, strict=False) if mine != theirs)
    return Account(sent, lost, doubled, out_of_order)


def inbound_by_visitor(workspace_id: UUID) -> dict[str, list[str]]:
    """The visitors' texts in the order of their conversations, by visitor."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    with scope(workspace_id):
        messages = Message.objects.filter(kind=Message.Kind.INBOUND).select_related("conversation__identity")
        for message in messages.order_by("conversation_id", "seq"):
            found[message.conversation.identity.value].append(message.body)
    return found


def numbers_by_visitor(workspace_id: UUID) -> dict[str, int]:
    """The number of each visitor's conversation."""
    with scope(workspace_id):
        return {one.identity.value: one.number for one in Conversation.objects.select_related("identity")}


def replies_by_number(workspace_id: UUID) -> dict[int, list[tuple[str, str]]]:
    """The agents' texts with their statuses in order, by conversation."""
    found: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    with scope(workspace_id):
        messages = Message.objects.filter(kind=Message.Kind.OUTBOUND).select_related("conversation")
        for message in messages.order_by("conversation_id", "seq"):
            found[message.conversation.number].append((message.body, message.status))
    return found


def gaps_in_numbers(workspace_id: UUID) -> int:
    """Conversations whose messages are not numbered 1, 2, 3, … without a gap."""
    wrong = 0
    with scope(workspace_id):
        for conversation in Conversation.objects.all():
            seqs = list(Message.objects.filter(conversation=conversation).order_by("seq").values_list("seq", flat=True))
            wrong += seqs != list(range(1, conversation.last_seq + 1))
    return wrong


def wait_until_settled(workspace_id: UUID, limit: float) -> float:
    """Wait until nothing waits any more; return the seconds it took. Fails with what still waits."""
    begin = time.monotonic()
    if not until(lambda: not any(_waiting(workspace_id).values()), limit):
        raise AssertionError(f"After {limit:.0f} s there still wait: {_waiting(workspace_id)}")
    return time.monotonic() - begin


def until(is_true: Callable[[], bool], limit: float) -> bool:
    """Ask again and again, also while the database is away."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            if is_true():
                return True
        except OperationalError:
            pass
        time.sleep(0.1)
    return False


def _waiting(workspace_id: UUID) -> dict[str, int]:
    with scope(workspace_id):
        return {
            "inbound": InboundEvent.objects.filter(state=InboundEvent.State.WAITING).count(),
            "quarantined": InboundEvent.objects.filter(state=InboundEvent.State.QUARANTINED).count(),
            "outbound": OutboundDelivery.objects.filter(state__in=["waiting", "sending"]).count(),
            "events": Event.objects.filter(position=None).count(),
        }
