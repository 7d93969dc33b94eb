"""Turns: taking what waits for the AI under a lease, giving it back. The row is the truth, tasks only wake up."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.models import Turn
from conversations.models import Conversation
from conversations.services.messages import add_activity, conversation_changed, move_label_links
from conversations.typing import Side, is_typing
from core.events import publish
from core.tenancy import crossing, current_workspace_id, scope
from core.wakeup import wake_up

#: People write a thought in several messages: so long the AI waits after one, a little longer after each further one, and
#: while they type, but never longer than this since the first.
QUIET, GROWS, LONGEST_WAIT = timedelta(seconds=1.2), timedelta(seconds=0.5), timedelta(seconds=10)
#: A worker that holds a turn for longer is dead: a provider's call ends within 30 seconds.
LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 4
#: What is overdue for so long goes to people: the AI's process is not there.
RESCUE_AFTER = timedelta(seconds=120)
_BATCH = 200
TASK = "ai.tasks.take_turn"


def claim(workspace_id: UUID, conversation_id: UUID) -> Turn | None:
    """Take a due turn for `LEASE`; None where nothing is due, somebody else has it, or the contact is still typing."""
    now = timezone.now()
    with scope(workspace_id):
        rows = Turn.objects.select_for_update(skip_locked=True)
        turn = rows.filter(conversation_id=conversation_id, due_at__isnull=False).first()
        if turn is None or (turn.leased_until is not None and turn.leased_until > now):
            return None
        if turn.due_at is not None and turn.due_at > now:
            wake(conversation_id, turn.due_at - now)
            return None
        waited_since = turn.waits_since or now
        if now < waited_since + LONGEST_WAIT and is_typing(conversation_id, Side.CONTACT):
            turn.due_at = now + QUIET
            turn.save(update_fields=["due_at"])
            wake(conversation_id, QUIET)
            return None
        turn.leased_until, turn.attempts = now + LEASE, turn.attempts + 1
        turn.save(update_fields=["leased_until", "attempts"])
        return turn


def still_mine(turn: Turn) -> Turn | None:
    """The turn, locked, if this worker's lease stands; in the transaction that acts on it, after the conversation's lock."""
    found = Turn.objects.select_for_update().filter(pk=turn.pk, leased_until=turn.leased_until, attempts=turn.attempts)
    return found.first()


def end(turn: Turn, *, is_held: bool, answers: int, asked_seq: int | None = None) -> None:
    """Everything up to `to_seq` has been dealt with."""
    turn.done_seq = turn.to_seq
    turn.due_at = turn.leased_until = turn.waits_since = None
    turn.is_held, turn.answers = is_held, answers
    turn.asked_seq = turn.asked_seq if asked_seq is None else asked_seq
    turn.save(
        update_fields=["done_seq", "due_at", "leased_until", "waits_since", "is_held", "answers", "asked_seq"],
    )


def give_back(turn: Turn, *, after: timedelta = QUIET) -> None:
    """Let the turn be taken again: more was written meanwhile, or something failed that may pass."""
    turn.leased_until, turn.due_at = None, timezone.now() + after
    turn.save(update_fields=["leased_until", "due_at"])
    wake(turn.conversation_id, after)


def sweep() -> int:
    """Wake up what is due and nobody holds, in all workspaces; hand to people what the AI has not come to. Return how many."""
    now = timezone.now()
    with crossing("find turns whose wake-up was lost"):
        due = Turn.objects.filter(due_at__lt=now - timedelta(seconds=3)).exclude(leased_until__gt=now).order_by("due_at")
        found = list(due.values_list("workspace_id", "conversation_id", "due_at")[:_BATCH])
    for workspace_id, conversation_id, due_at in found:
        if due_at is not None and due_at < now - RESCUE_AFTER:
            rescue(workspace_id, conversation_id)
        wake_up(TASK, str(workspace_id), str(conversation_id), expires=60)
    return len(found)


def rescue(workspace_id: UUID, conversation_id: UUID) -> None:
    """Give people a conversation that waits in the AI's hands while the AI does not work."""
    with scope(workspace_id):
        conversation = Conversation.objects.select_for_update(of=("self",)).filter(pk=conversation_id).first()
        turn = Turn.objects.select_for_update().filter(conversation_id=conversation_id, is_held=True).first()
        if conversation is not None and turn is not None:
            turn.is_held = False
            turn.save(update_fields=["is_held"])
            open_for_people(conversation)
            add_activity(conversation, "ai_away")


def open_for_people(conversation: Conversation) -> bool:
    """Put a pending conversation back among what people have to do; under its lock. Tell whether it was pending."""
    if conversation.status != Conversation.Status.PENDING:
        return False
    conversation.status = Conversation.Status.OPEN
    conversation.save(update_fields=["status"])
    move_label_links(conversation)
    conversation_changed(conversation, "status")
    return True


def tell(conversation: Conversation, type: str, **data: Any) -> None:  # noqa: A002  # the field's own word
    """Publish an event of the AI about a conversation."""
    place = {"inbox_id": conversation.inbox_id, "conversation_id": conversation.pk, "contact_id": conversation.contact_id}
    publish(type, **place, **data)


def wake(conversation_id: UUID, delay: timedelta) -> None:
    """Have the AI's worker look at a conversation's turn after the commit and a delay."""
    task = partial(wake_up, TASK, str(current_workspace_id()), str(conversation_id), delay=max(delay.total_seconds(), 0.0))
    transaction.on_commit(task)
