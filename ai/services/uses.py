"""The record of each use of a model: whose, for what, which model, what it took and cost. No content."""

from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from ai.models import Egress, Use
from ai.purposes import Subject, Task
from ai.services.providers import Chosen
from ai.services.spending import settle_spend
from conversations.models import Conversation
from core.audit import Actor
from core.audit.record import ActorKind
from core.tenancy import crossing, scope

if TYPE_CHECKING:
    from ai.gate import Opened

#: A use that is pending for longer has lost its process: no call may take so long.
_LOST = timedelta(minutes=10)
_LOST_OUTCOME = "lost"


def note_use(opened: "Opened", task: str, *, model: str, ms: int, outcome: str) -> None:
    """Record a finished use of an embedded model. In the scope."""
    now = timezone.now()
    Use.objects.create(
        purpose=opened.purpose,
        task=task,
        model=model,
        outcome=outcome,
        ms=ms,
        created_at=now,
        settled_at=now,
        **_about(opened.subject, opened.actor),
    )


def begin_use(
    opened: "Opened", task: Task, chosen: Chosen, *, host: str, month: date, reserved: int, text: list[dict[str, str]]
) -> Use:
    """The pending use and its entry in the ledger, before the call. In the scope, in the transaction that reserves."""
    use = Use.objects.create(
        purpose=opened.purpose,
        task=task,
        model=chosen.model,
        provider_id=chosen.provider_id,
        host=host,
        month=month,
        reserved_micros=reserved,
        created_at=timezone.now(),
        **_about(opened.subject, opened.actor),
    )
    Egress.objects.create(use=use, text=text, characters=sum(len(one["content"]) for one in text))
    return use


def settle_use(use: Use, *, outcome: str, tokens_in: int, tokens_out: int, cost: int | None, ms: int) -> bool:
    """Close a pending use and the month's books; whether it was still pending. In the scope.

    A use that was erased meanwhile, with its contact, has left its reservation: the books are closed for it all the same.
    """
    with transaction.atomic():
        done = Use.objects.filter(pk=use.pk, outcome=Use.PENDING).update(
            outcome=outcome, tokens_in=tokens_in, tokens_out=tokens_out, cost_micros=cost, ms=ms, settled_at=timezone.now()
        )
        is_gone = not done and not Use.objects.filter(pk=use.pk).exists()
        if (done or is_gone) and use.month is not None:
            settle_spend(use.month, reserved=use.reserved_micros, cost=cost, tokens_in=tokens_in, tokens_out=tokens_out)
    return bool(done)


def settle_lost() -> int:
    """Close the uses whose process died, in all workspaces: what was reserved counts as spent. How many there were."""
    with crossing("find uses of AI that lost their process"):
        lost = list(Use.objects.filter(outcome=Use.PENDING, created_at__lt=timezone.now() - _LOST)[:500])
    for use in lost:
        with scope(use.workspace_id):
            cost = use.reserved_micros or None
            ms = int(_LOST.total_seconds() * 1000)
            settle_use(use, outcome=_LOST_OUTCOME, tokens_in=0, tokens_out=0, cost=cost, ms=ms)
    return len(lost)


def _about(subject: Subject, actor: Actor) -> dict[str, UUID | str | None]:
    return {
        "conversation_id": subject.conversation_id,
        "contact_id": subject.contact_id or _contact_of(subject.conversation_id),
        "actor_kind": actor.kind,
        "user_id": actor.id if actor.kind == ActorKind.USER else None,
    }


def _contact_of(conversation_id: UUID | None) -> UUID | None:
    return None if conversation_id is None else Conversation.objects.values_list("contact_id", flat=True).get(pk=conversation_id)
